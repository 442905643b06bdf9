//! One pass over the bytes with the literals of all rules; almost every byte is rejected here.
