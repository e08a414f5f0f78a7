mod common;
#[test]
#[ignore = "prints"]
fn dump() {
    #[allow(clippy::disallowed_methods)]
    let text = std::fs::read_to_string(std::env::var("GAL_FILE").unwrap()).unwrap();
    let mut ck = common::check(&text);
    println!("{}", common::render_all(&ck));
    if std::env::var("GAL_DUMP").is_ok() {
        let owners: Vec<_> = ck
            .program
            .fns
            .iter_enumerated()
            .filter(|(_, f)| !ck.program.modules[f.module].is_library && f.kind == hir::program::FnKind::Body)
            .map(|(i, _)| i)
            .collect();
        for id in owners {
            let b = ck.body(hir::BodyOwner::Fn(id));
            println!("{}", hir::print::print_body(&ck.program, &b));
        }
    }
}
