use syntax::*;
#[test]
fn quick() {
    let text =
        std::fs::read_to_string(std::env::var("GAL").unwrap_or("tests/fixtures/tour.gal".into())).unwrap();
    let mut map = SourceMap::default();
    let mut interner = Interner::default();
    let file = map.add("tour.gal".into(), text, false).unwrap();
    for lazy in [true, false] {
        let (ast, diags) = parse_file(&map, file, &mut interner, lazy);
        for d in &diags {
            println!("{}: {} [{}] {:?}", map.describe(d.span()), d.message, d.code, map.text(d.span()));
        }
        println!("{} items, {} comments", ast.items.len(), ast.comments.len());
        if std::env::var("DUMP").is_ok() {
            println!("{}", pretty::dump_file(&ast, &interner));
        }
    }
}
