//! What has to be searched for in a value, in its name and around it.

use super::{CLASSES, Group, Sink, group, role, shape, trivial};
use crate::generic::candidate::{Candidate, byte};
use crate::generic::weights;
use crate::generic::word_set::Words;

/// Hands over what is found. It takes as long as all else, and most candidates are hopeless without it: it comes last.
pub(super) fn searched(
    candidate: &Candidate<'_>,
    name: &[u8],
    text: &[u8],
    class: &[u8],
    sink: &mut dyn Sink,
) {
    let from = candidate.local.start.saturating_sub(240);
    let to = (candidate.local.end + 160).min(candidate.window.len());
    let around = candidate.window.get(from..to).unwrap_or_default();
    for word in NEAR.all_in(around) {
        sink.feature(group!("near"), &[word, class]);
    }
    for word in ANNOUNCING.all_in(text) {
        sink.feature(group!("announces"), &[class, word]);
    }
    if stands_again(candidate) {
        sink.feature(group!("again"), &[class]);
    }
    if let Some(run) = shape::run(text) {
        sink.feature(group!("run"), &[run.as_bytes()]);
    }
    if let Some(role) = role::of_name(name) {
        sink.feature(group!("role"), &[role.as_bytes()]);
        sink.feature(group!("role*class"), &[role.as_bytes(), class]);
    }
    if let Some(trivial) = trivial::trivial(text) {
        let file = candidate.file.class().as_str().as_bytes();
        sink.feature(group!("trivial"), &[trivial.as_bytes()]);
        sink.feature(group!("trivial*class"), &[trivial.as_bytes(), class]);
        sink.feature(group!("trivial*file"), &[trivial.as_bytes(), file]);
    }
}

/// The most that all of these weigh. Of [`NEAR`] and [`ANNOUNCING`] several words of the candidate's class go together.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
pub(super) const MOST: i32 = {
    let (mut of_class, mut i) = (0, 0);
    while i < CLASSES.len() {
        let most =
            weights::most_with("near", CLASSES[i]) + weights::most_with("announces", CLASSES[i]);
        of_class = if most > of_class { most } else { of_class };
        i += 1;
    }
    of_class
        + weights::most("again")
        + weights::most("run")
        + weights::most("role")
        + weights::most("role*class")
        + weights::most("trivial")
        + weights::most("trivial*class")
        + weights::most("trivial*file")
};

/// Words whose being near says where a value belongs.
static NEAR: Words<12> = Words::new([
    b"user",
    b"host",
    b"email",
    b"login",
    b"database",
    b"assert",
    b"expect",
    b"port",
    b"test",
    b"example",
    b"http",
    b"localhost",
]);
/// Words with which a value announces itself.
static ANNOUNCING: Words<7> = Words::new([
    b"pass", b"pwd", b"secret", b"token", b"key", b"auth", b"cred",
]);

/// Whether the value stands a second time in the window, as a user's name or where it is compared.
fn stands_again(candidate: &Candidate<'_>) -> bool {
    let text = candidate.text();
    let window = candidate.window;
    let touched = |i: usize| byte(window, i).is_ascii_alphanumeric();
    memchr::memmem::find_iter(window, text).any(|i| {
        i != candidate.local.start && !touched(i.wrapping_sub(1)) && !touched(i + text.len())
    })
}
