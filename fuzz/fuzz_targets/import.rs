#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keysieve_fuzz::imported::run(data));
