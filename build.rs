//! Link arguments of the shared library only. Nothing is generated here and nothing is written.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Cargo hands these on to every cdylib that the crate is linked into: they are the C library's alone.
    if std::env::var_os("CARGO_FEATURE_CAPI").is_none() {
        return;
    }
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    match target("OS").as_str() {
        "linux" | "android" | "freebsd" => {
            // The ABI's name, and: a library with live threads must not be unmapped.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtiro.so.0");
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libtiro.0.dylib"),
        _ => {}
    }
}
