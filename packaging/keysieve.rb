# Homebrew: brew install --HEAD ./packaging/keysieve.rb
class Keysieve < Formula
  desc "Git hook that keeps secrets out of repositories"
  homepage "https://github.com/keysieve/keysieve"
  license any_of: ["MIT", "Apache-2.0"]
  head "https://github.com/keysieve/keysieve.git", branch: "main"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    system bin/"keysieve", "man", man
    generate_completions_from_executable(bin/"keysieve", "completions")
  end

  test do
    system "git", "init", "-q", testpath
    system bin/"keysieve", "install", "--repo", testpath
    example = shell_output("#{bin}/keysieve rules show github-pat")
    (testpath/"config.py").write example[/made-up example:\n(.*)/m, 1]
    system "git", "add", "config.py"
    refute system("git", "commit", "-qm", "a secret")
  end
end
