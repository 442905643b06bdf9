use proptest::prelude::*;

use super::*;

const SOME: [Set; 2] = [Set::of(b"abz\x7f\0AZ09"), Set::of(b"x")];

fn runs<const LEAST: usize>(text: &[u8]) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut runs = Runs::<LEAST>::default();
    tell(&[Set::of(b"x")], text, |at, masks| {
        let [held] = masks.held;
        runs.take(at, held, |run| all.push(run));
    });
    runs.finish(text.len().next_multiple_of(BLOCK), |run| all.push(run));
    all
}

fn plain_runs(text: &[u8], least: usize) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut at = 0;
    for part in text.split(|&b| b != b'x') {
        if part.len() >= least {
            all.push(at..at + part.len());
        }
        at += part.len() + 1;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn vectors_and_plain_loops_say_the_same(text in proptest::collection::vec(any::<u8>(), 0..400), shift in 0..2) {
        let text: Vec<u8> = text.iter().map(|b| b >> shift).collect();
        let (blocks, _) = text.as_chunks();
        let mut fast = vec![Masks::default(); blocks.len()];
        let mut plain = fast.clone();
        fill(&SOME, blocks, &mut fast);
        portable(&SOME, blocks, &mut plain);
        prop_assert_eq!(fast, plain);
    }

    #[test]
    fn masks_tell_each_byte(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut told = Vec::new();
        tell(&SOME, &text, |at, masks| {
            assert_eq!(at, told.len());
            let bits = |held: u64, i: usize| held >> i & 1 == 1;
            told.extend((0..BLOCK).map(|i| masks.held.map(|held| bits(held, i))));
        });
        for (i, told) in told.iter().enumerate() {
            let byte = text.get(i).copied();
            prop_assert_eq!(*told, SOME.map(|set| byte.is_some_and(|byte| set.holds(byte))));
        }
    }

    #[test]
    fn runs_are_all_that_are_long_enough(text in "(x{0,90}|x{60,70}|x{120,140}|[.]{1,70}){0,12}") {
        let text = text.as_bytes();
        prop_assert_eq!(runs::<16>(text), plain_runs(text, 16));
        prop_assert_eq!(runs::<20>(text), plain_runs(text, 20));
        prop_assert_eq!(runs::<24>(text), plain_runs(text, 24));
        prop_assert_eq!(runs::<28>(text), plain_runs(text, 28));
        prop_assert_eq!(runs::<32>(text), plain_runs(text, 32));
    }
}
