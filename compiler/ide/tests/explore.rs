mod support;
use support::*;
#[test]
fn explore() {
    let dir = std::env::var("EX").unwrap_or_default();
    let text = std::fs::read_to_string(&dir).unwrap();
    let mut f = Fixture::new(&text);
    let (path, at) = f.at();
    let t = std::time::Instant::now();
    println!(
        "{:?}",
        f.workspace.diagnostics(&path).map(|d| d.iter().map(|f| f.diagnostics.len()).sum::<usize>())
    );
    println!("first {:?}", t.elapsed());
    let t = std::time::Instant::now();
    match f.workspace.hover(&path, &path, at) {
        Ok(Some(h)) => println!("HOVER {:?}\n{}", h.range, h.markdown),
        x => println!("{x:?}"),
    }
    println!("hover {:?}", t.elapsed());
    println!("DEF {:?}", f.workspace.definition(&path, &path, at));
    println!("REFS {:?}", f.workspace.references(&path, &path, at).map(|r| r.len()));
    println!("SIG {:?}", f.workspace.signature_help(&path, &path, at));
    let t = std::time::Instant::now();
    let list = f.workspace.completion(&path, &path, at).unwrap();
    println!("completion {:?} {}", t.elapsed(), list.items.len());
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    for i in list.items.iter().take(n) {
        println!(
            "{:3} {:?} {}{} : {} => {:?} {:?} | {}",
            i.rank,
            i.kind,
            i.label,
            i.signature,
            i.detail,
            i.insert,
            i.more,
            i.docs.lines().next().unwrap_or("")
        )
    }
}
