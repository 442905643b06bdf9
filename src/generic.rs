//! Generic secrets: candidates by syntax around a keyword, judged by a linear model.
