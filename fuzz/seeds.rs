//! Writes the seeds of every target into `corpus/NAME/`, where cargo-fuzz looks for them.

fn main() -> std::io::Result<()> {
    for target in keysieve_fuzz::TARGETS {
        let dir = std::path::Path::new("corpus").join(target.name);
        std::fs::create_dir_all(&dir)?;
        for (number, seed) in (target.seeds)().into_iter().enumerate() {
            std::fs::write(dir.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
