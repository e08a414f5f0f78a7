//! Gives the module a stack for the compiler, which recurses as deep as programs nest.

fn main() {
    // The same for every build of the module, and far more than the engine's own stack lets it use.
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size=8388608");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
