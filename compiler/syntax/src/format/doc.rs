//! Documents and their printer, after Wadler's "A prettier printer".
//!
//! A group is laid out flat if it fits into the rest of the line, else its lines break. A newline is only
//! remembered until text follows, so that newlines merge and comments at the end of a line reach it whatever
//! separator stood before them.

use std::rc::Rc;

/// Columns of a formatted line.
pub(super) const MAX_WIDTH: usize = 100;
const INDENT: usize = 4;

#[derive(Clone)]
pub(super) enum Doc<'a> {
    Nil,
    Text(&'a str),
    /// Text that may contain newlines, printed as it is.
    Verbatim(&'a str),
    Space,
    /// A space, or a newline where the group breaks.
    Line,
    /// Nothing, or a newline where the group breaks.
    SoftLine,
    HardLine,
    /// Makes the newline before it, if there is one, a blank line.
    Blank,
    /// A text for a group that breaks, and one for a flat group.
    IfBreak(&'a str, &'a str),
    /// A comment that ends its line.
    Suffix(&'a str),
    /// The same, which has an end of its own.
    BlockSuffix(&'a str),
    /// A comment with text behind it on its line.
    Inline(&'a str),
    /// A comment before a closing bracket: it ends its line where the group breaks.
    Last(&'a str),
    /// A comment on lines of its own.
    Own(&'a str),
    Concat(Rc<[Doc<'a>]>, bool),
    Indent(Rc<Doc<'a>>),
    /// The flag forces the group to break.
    Group(Rc<Doc<'a>>, bool),
    /// As many of the elements on a line as fit.
    Fill(Rc<[Doc<'a>]>),
    /// The first that fits up to its first newline, else the last.
    Choice(Rc<[Doc<'a>]>),
}

impl<'a> Doc<'a> {
    /// Whether a newline is certain inside, so that the groups around break.
    pub fn is_hard(&self) -> bool {
        match self {
            Doc::HardLine | Doc::Suffix(_) | Doc::BlockSuffix(_) | Doc::Own(_) => true,
            Doc::Concat(_, hard) | Doc::Group(_, hard) => *hard,
            Doc::Indent(inner) => inner.is_hard(),
            Doc::Fill(docs) => docs.iter().any(Doc::is_hard),
            Doc::Choice(docs) => docs.iter().all(Doc::is_hard),
            _ => false,
        }
    }

    pub fn group(self) -> Doc<'a> {
        let hard = self.is_hard();
        Doc::Group(Rc::new(self), hard)
    }

    pub fn group_forced(self, forced: bool) -> Doc<'a> {
        let hard = forced || self.is_hard();
        Doc::Group(Rc::new(self), hard)
    }

    pub fn indent(self) -> Doc<'a> {
        Doc::Indent(Rc::new(self))
    }
}

pub(super) fn concat<'a>(docs: impl Into<Vec<Doc<'a>>>) -> Doc<'a> {
    let docs: Vec<Doc<'a>> = docs.into();
    let hard = docs.iter().any(Doc::is_hard);
    Doc::Concat(docs.into(), hard)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Break,
}

type Command<'d, 'a> = (usize, Mode, &'d Doc<'a>);

/// Lays out a document.
pub(super) fn print(doc: &Doc<'_>) -> String {
    let mut printer = Printer {
        out: String::new(),
        column: 0,
        newline: None,
        space: false,
        suffix: Vec::new(),
        opened: true,
        after_comment: false,
    };
    printer.run(doc, 0, Mode::Break);
    printer.newline = Some((0, false));
    printer.flush();
    let end = printer.out.trim_end().len();
    printer.out.truncate(end);
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

struct Printer<'a> {
    out: String,
    column: usize,
    /// A newline to come, with its indentation and whether it makes a blank line.
    newline: Option<(usize, bool)>,
    /// A space to come.
    space: bool,
    /// Comments for the end of the current line.
    suffix: Vec<&'a str>,
    /// The last text opened a bracket, behind which no line is blank.
    opened: bool,
    /// The last text was a comment with lines of its own.
    after_comment: bool,
}

impl<'a> Printer<'a> {
    fn run(&mut self, doc: &Doc<'a>, indent: usize, mode: Mode) {
        let mut stack: Vec<Command<'_, 'a>> = vec![(indent, mode, doc)];
        while let Some((indent, mode, doc)) = stack.pop() {
            match doc {
                Doc::Nil => {}
                Doc::Text(text) => self.text(text, indent),
                Doc::Verbatim(text) => self.verbatim(text, indent),
                Doc::Space => self.space = true,
                Doc::Line | Doc::SoftLine if mode == Mode::Break => self.break_line(indent),
                Doc::Line => self.space = true,
                Doc::SoftLine => {}
                Doc::HardLine => self.break_line(indent),
                Doc::Blank => {
                    if let Some((_, blank)) = &mut self.newline {
                        *blank = true;
                    }
                }
                Doc::IfBreak(broken, flat) => {
                    self.text(if mode == Mode::Break { broken } else { flat }, indent)
                }
                Doc::Last(text) if mode == Mode::Flat => self.text(text, indent),
                Doc::Suffix(text) | Doc::BlockSuffix(text) | Doc::Last(text) => self.suffix(text, indent),
                Doc::Inline(text) if self.suffix.is_empty() => {
                    self.space |= !self.opened;
                    self.text(text, indent);
                    self.space = true;
                }
                Doc::Inline(text) => self.own(text, indent),
                Doc::Own(text) => self.own(text, indent),
                Doc::Concat(docs, _) => stack.extend(docs.iter().rev().map(|d| (indent, mode, d))),
                Doc::Indent(inner) => stack.push((indent + INDENT, mode, inner)),
                Doc::Group(inner, forced) => {
                    let broken = *forced || (mode == Mode::Break && !self.fits(indent, inner, &stack));
                    stack.push((indent, if broken { Mode::Break } else { Mode::Flat }, inner));
                }
                Doc::Fill(docs) => self.fill(docs, indent),
                Doc::Choice(docs) => {
                    let chosen = docs.iter().find(|d| self.fits(indent, d, &stack)).or(docs.last());
                    stack.extend(chosen.map(|d| (indent, mode, d)));
                }
            }
        }
    }

    fn break_line(&mut self, indent: usize) {
        let blank = self.newline.is_some_and(|(_, blank)| blank);
        self.newline = Some((indent, blank));
        self.space = false;
    }

    /// Writes the newline or space that is due.
    fn flush(&mut self) {
        if let Some((indent, blank)) = self.newline.take() {
            for comment in self.suffix.drain(..) {
                if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                    self.out.push(' ');
                }
                self.out.push_str(comment);
            }
            if !self.out.is_empty() {
                self.out.push('\n');
                if blank && !self.opened {
                    self.out.push('\n');
                }
            }
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.column = indent;
        } else if self.space && self.column > 0 {
            self.out.push(' ');
            self.column += 1;
        }
        self.space = false;
    }

    fn text(&mut self, text: &str, indent: usize) {
        if text.is_empty() {
            return;
        }
        // The source has a newline behind the comment too, so one here changes nothing.
        if !self.suffix.is_empty() && self.newline.is_none() {
            self.break_line(indent);
        }
        self.flush();
        self.out.push_str(text);
        self.column += text.chars().count();
        self.opened = text.ends_with(['{', '(', '[']);
        self.after_comment = false;
    }

    fn verbatim(&mut self, text: &str, indent: usize) {
        self.text(text, indent);
        self.opened = false;
        if let Some(last) = text.rfind('\n') {
            self.column = text[last + 1..].chars().count();
        }
    }

    /// Comments keep their order, and a line comment takes no other behind it.
    fn suffix(&mut self, text: &'a str, indent: usize) {
        if self.suffix.is_empty() && !self.after_comment {
            self.suffix.push(text);
        } else {
            self.own(text, indent);
        }
    }

    fn own(&mut self, text: &str, indent: usize) {
        if self.newline.is_none() && !self.out.is_empty() {
            self.break_line(indent);
        }
        self.verbatim(text, indent);
        self.newline = Some((indent, false));
        self.after_comment = true;
    }

    fn fill(&mut self, docs: &[Doc<'a>], indent: usize) {
        for (idx, doc) in docs.iter().enumerate() {
            let last = idx + 1 == docs.len();
            let room = MAX_WIDTH.saturating_sub(self.column + 2);
            if idx > 0
                && (flat_width(doc).is_none_or(|w| w + usize::from(!last) > room) || !self.suffix.is_empty())
            {
                self.break_line(indent);
            } else if idx > 0 {
                self.space = true;
            }
            self.run(doc, indent, Mode::Break);
            self.text(",", indent);
        }
    }

    /// Whether a document, laid out flat, and what follows fit up to the next newline.
    fn fits(&self, indent: usize, doc: &Doc<'a>, rest: &[Command<'_, 'a>]) -> bool {
        let start = match self.newline {
            Some((indent, _)) => indent,
            None => self.column + usize::from(self.space),
        };
        let Some(mut room) = MAX_WIDTH.checked_sub(start) else { return false };
        let mut rest = rest.iter().rev();
        let mut stack: Vec<Command<'_, 'a>> = vec![(indent, Mode::Flat, doc)];
        loop {
            let (indent, mode, doc) = match stack.pop() {
                Some(command) => command,
                None => match rest.next() {
                    Some(command) => *command,
                    None => return true,
                },
            };
            let used = match doc {
                Doc::Last(_) if mode == Mode::Break => return true,
                Doc::Text(text) | Doc::Last(text) => text.chars().count(),
                Doc::Inline(text) => text.chars().count() + 2,
                Doc::Verbatim(text) => match text.find('\n') {
                    Some(end) => return text[..end].chars().count() <= room,
                    None => text.chars().count(),
                },
                Doc::Line | Doc::SoftLine if mode == Mode::Break => return true,
                Doc::Space | Doc::Line => 1,
                Doc::HardLine | Doc::Own(_) => return true,
                Doc::IfBreak(broken, flat) => {
                    if mode == Mode::Break {
                        broken.len()
                    } else {
                        flat.len()
                    }
                }
                Doc::Nil | Doc::SoftLine | Doc::Blank | Doc::Suffix(_) | Doc::BlockSuffix(_) => 0,
                Doc::Concat(docs, _) => {
                    stack.extend(docs.iter().rev().map(|d| (indent, mode, d)));
                    0
                }
                Doc::Indent(inner) => {
                    stack.push((indent + INDENT, mode, inner));
                    0
                }
                Doc::Group(inner, forced) => {
                    // What follows the document may break where it can.
                    stack.push((indent, if *forced { Mode::Break } else { mode }, inner));
                    0
                }
                Doc::Fill(docs) => {
                    stack.extend(docs.iter().rev().map(|d| (indent, Mode::Flat, d)));
                    2 * docs.len()
                }
                Doc::Choice(docs) => {
                    let chosen = if mode == Mode::Break { docs.last() } else { docs.first() };
                    stack.extend(chosen.map(|d| (indent, mode, d)));
                    0
                }
            };
            match room.checked_sub(used) {
                Some(left) => room = left,
                None => return false,
            }
        }
    }
}

/// The width of a document of plain text; `None` for any other.
fn flat_width(doc: &Doc<'_>) -> Option<usize> {
    Some(match doc {
        Doc::Nil | Doc::Blank | Doc::SoftLine => 0,
        Doc::Text(text) => text.chars().count(),
        Doc::Verbatim(text) if !text.contains('\n') => text.chars().count(),
        Doc::Space => 1,
        Doc::Concat(docs, _) => docs.iter().map(flat_width).sum::<Option<usize>>()?,
        Doc::Group(inner, false) | Doc::Indent(inner) => flat_width(inner)?,
        _ => return None,
    })
}
