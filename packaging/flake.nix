{
  description = "Git hook that keeps secrets out of repositories: nix run 'github:keysieve/keysieve?dir=packaging'";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      cargo = builtins.fromTOML (builtins.readFile ../Cargo.toml);
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "keysieve";
          inherit (cargo.package) version;
          src = ./..;
          cargoLock.lockFile = ../Cargo.lock;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          # Nix links against its own libraries; the static build of .cargo/config.toml is for other systems.
          RUSTFLAGS = "-C target-feature=-crt-static";
          # The tests commit and push for real and have their place in CI.
          doCheck = false;
          postInstall = ''
            $out/bin/keysieve man $out/share/man
            installShellCompletion --cmd keysieve \
              --bash <($out/bin/keysieve completions bash) \
              --zsh <($out/bin/keysieve completions zsh) \
              --fish <($out/bin/keysieve completions fish)
          '';
          meta = {
            description = cargo.package.description;
            homepage = cargo.package.repository;
            license = with pkgs.lib.licenses; [ mit asl20 ];
            mainProgram = "keysieve";
          };
        };
      });
    };
}
