fn main() {
    println!("{}", keysieve::rule::built_in().len());
}
