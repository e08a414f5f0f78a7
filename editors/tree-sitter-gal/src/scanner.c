// What the grammar cannot say: where a line ends a statement, the text of strings, and comments that nest.
//
// A newline ends a statement where the parser could end one, unless the token behind it continues the statement, as
// `continues_line` in compiler/syntax/src/token.rs says. The parser asks only where a statement may end, so inside
// of parentheses nothing is to be done. Comments count as white space: a block comment over several lines, which the
// parser takes before it asks again, leaves a note in the scanner's state that a newline has been seen.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in grammar.js.
enum TokenType {
    NEWLINE,
    ASK_TIMEOUT,
    OPEN_RANGE,
    OPEN_RANGE_IN_HEAD,
    STRING_TEXT,
    MULTI_LINE_TEXT,
    RAW_STRING,
    BLOCK_COMMENT,
    ERROR_SENTINEL,
};

// Longer than any word that matters here.
#define MAX_WORD 16

// More hashes than this before a raw string are none.
#define MAX_HASHES 255

typedef struct {
    // A newline stands before or in the block comment that was the last token, which ends in this column. What is
    // kept here outlives calls that find nothing, so the column tells whether the comment was just before.
    bool after_newline;
    uint32_t column;
} Scanner;

void *tree_sitter_gal_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_gal_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_gal_external_scanner_serialize(void *payload, char *buffer) {
    const Scanner *scanner = payload;
    if (!scanner->after_newline) return 0;
    memcpy(buffer, &scanner->column, sizeof scanner->column);
    return sizeof scanner->column;
}

void tree_sitter_gal_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = payload;
    *scanner = (Scanner){0};
    if (length == sizeof scanner->column) {
        scanner->after_newline = true;
        memcpy(&scanner->column, buffer, length);
    }
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xFEFF; }

// Letters beyond ASCII count as parts of words: the words that are looked for have none.
static bool is_word(int32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

// Whether a newline was among the white space.
static bool skip_space(TSLexer *lexer) {
    bool newline = false;
    while (is_space(lexer->lookahead)) {
        newline |= lexer->lookahead == '\n';
        lexer->advance(lexer, true);
    }
    return newline;
}

static bool read_word(TSLexer *lexer, char word[MAX_WORD]) {
    unsigned length = 0;
    for (; is_word(lexer->lookahead); advance(lexer)) {
        if (length < MAX_WORD - 1) word[length] = lexer->lookahead < 0x80 ? (char)lexer->lookahead : '?';
        length++;
    }
    word[length < MAX_WORD ? length : MAX_WORD - 1] = 0;
    return length < MAX_WORD;
}

// The rest of a block comment behind its first `/*`. Whether a newline is in it.
static bool block_comment(TSLexer *lexer) {
    bool newline = false;
    for (unsigned depth = 1; depth > 0 && !lexer->eof(lexer);) {
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (c == '/' && lexer->lookahead == '*') {
            depth++;
            advance(lexer);
        } else if (c == '*' && lexer->lookahead == '/') {
            depth--;
            advance(lexer);
        }
        newline |= c == '\n';
    }
    return newline;
}

static void line_comment(TSLexer *lexer) {
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
}

// Looks past the white space and comments behind a line comment. False: a slash that starts no comment follows, which
// has been consumed.
static bool skip_comments(TSLexer *lexer) {
    for (;;) {
        while (is_space(lexer->lookahead)) advance(lexer);
        if (lexer->lookahead != '/') return true;
        advance(lexer);
        if (lexer->lookahead == '/') {
            line_comment(lexer);
        } else if (lexer->lookahead == '*') {
            advance(lexer);
            block_comment(lexer);
        } else {
            return false;
        }
    }
}

// Whether `=>` stands on the rest of the line, outside of brackets: then a line that starts with `timeout` is an arm of
// the `select` around.
static bool arrow_on_line(TSLexer *lexer) {
    int depth = 0;
    while (!lexer->eof(lexer) && lexer->lookahead != '\n') {
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (c == '(' || c == '[' || c == '{') depth++;
        if (c == ')' || c == ']' || c == '}') depth--;
        if (c == '=' && lexer->lookahead == '>' && depth == 0) return true;
    }
    return false;
}

// Whether the punctuation at the start of a line starts a statement. Of what could do either, GAL takes these as starts:
// `-`, `*`, `&`, `|`, `..`, `(`, `[`, `!`.
static bool sign_starts_statement(TSLexer *lexer) {
    int32_t first = lexer->lookahead;
    advance(lexer);
    int32_t second = lexer->lookahead;
    switch (first) {
        case '.': return second == '.' || second == '*';
        case '*': return second != '*';
        case '&': return second != '&';
        case '|': return second != '|';
        case '!': return second != '=';
        case '-': return second != '>';
        // A closing brace ends the last statement without a newline.
        case '}': case ')': case ']': case ',': case ';': case ':': case '?': case '+': case '/': case '%': case '^':
        case '<': case '>': case '=': return false;
        default: return true;
    }
}

static bool is_one_of(const char *word, const char *const *words, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) return true;
    }
    return false;
}

#define ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof *(words))

// Whether an expression starts here, as `starts_expr` in compiler/syntax/src/token.rs says; `block`: also with a brace.
static bool starts_expression(TSLexer *lexer, bool block) {
    static const char *const OTHERS[] = {
        "actor", "as", "const", "else", "enum", "export", "extern", "fn", "impl", "in", "is", "iso", "let", "mut", "pub",
        "struct", "trait", "type", "unsafe", "use", "where",
    };
    int32_t first = lexer->lookahead;
    if (is_word(first)) {
        char word[MAX_WORD];
        return !read_word(lexer, word) || !ONE_OF(word, OTHERS);
    }
    advance(lexer);
    int32_t second = lexer->lookahead;
    switch (first) {
        case '"': case '\'': case '(': case '[': case '~': return true;
        case '{': return block;
        case '.': return second == '.';
        case '!': case '|': return second != '=';
        case '-': return second != '=' && second != '>' && second != '%';
        default: return false;
    }
}

static bool found(TSLexer *lexer, enum TokenType type) {
    lexer->result_symbol = type;
    return true;
}

// At the first token behind a newline, or behind none. The token that is found has no text.
static bool line_end(TSLexer *lexer, const bool *valid, bool newline) {
    if (lexer->eof(lexer)) return valid[NEWLINE] && found(lexer, NEWLINE);
    bool ends = newline && valid[NEWLINE];
    if (!is_word(lexer->lookahead)) return ends && sign_starts_statement(lexer) && found(lexer, NEWLINE);
    char word[MAX_WORD];
    if (!read_word(lexer, word)) return ends && found(lexer, NEWLINE);
    if (valid[ASK_TIMEOUT] && strcmp(word, "timeout") == 0) {
        return found(lexer, ends && arrow_on_line(lexer) ? NEWLINE : ASK_TIMEOUT);
    }
    static const char *const CONTINUES[] = {"else", "where", "is", "as"};
    return ends && !ONE_OF(word, CONTINUES) && found(lexer, NEWLINE);
}

// At the first token behind `..`.
static bool open_range(TSLexer *lexer, const bool *valid) {
    if (!lexer->eof(lexer) && starts_expression(lexer, !valid[OPEN_RANGE_IN_HEAD])) return false;
    return found(lexer, valid[OPEN_RANGE_IN_HEAD] ? OPEN_RANGE_IN_HEAD : OPEN_RANGE);
}

// The text of a string up to a hole, an escape, a doubled brace or the closing quotes.
static bool string_text(TSLexer *lexer, bool multi) {
    bool any = false;
    for (; !lexer->eof(lexer); any = true) {
        int32_t c = lexer->lookahead;
        if (c == '\\' || c == '{' || c == '}' || (c == '\n' && !multi)) break;
        if (c == '"') {
            if (!multi) break;
            // One or two quotes are text.
            lexer->mark_end(lexer);
            advance(lexer);
            if (lexer->lookahead != '"') continue;
            advance(lexer);
            if (lexer->lookahead == '"') return any && found(lexer, MULTI_LINE_TEXT);
            continue;
        }
        advance(lexer);
    }
    lexer->mark_end(lexer);
    return any && found(lexer, multi ? MULTI_LINE_TEXT : STRING_TEXT);
}

// `r"…"` or `r#"…"#`, at the `r`.
static bool raw_string(TSLexer *lexer) {
    advance(lexer);
    unsigned hashes = 0;
    for (; lexer->lookahead == '#' && hashes < MAX_HASHES; hashes++) advance(lexer);
    if (lexer->lookahead != '"') return false;
    advance(lexer);
    while (!lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (c != '"') continue;
        unsigned closing = 0;
        for (; closing < hashes && lexer->lookahead == '#'; closing++) advance(lexer);
        if (closing == hashes) {
            lexer->mark_end(lexer);
            return found(lexer, RAW_STRING);
        }
    }
    return false;
}

static bool comment_or_line_end(Scanner *scanner, TSLexer *lexer, const bool *valid, bool newline) {
    bool asks = valid[NEWLINE] || valid[ASK_TIMEOUT];
    bool in_range = valid[OPEN_RANGE] || valid[OPEN_RANGE_IN_HEAD];
    advance(lexer);
    if (lexer->lookahead == '*') {
        advance(lexer);
        newline |= block_comment(lexer);
        lexer->mark_end(lexer);
        scanner->after_newline = newline && asks;
        scanner->column = lexer->get_column(lexer);
        return found(lexer, BLOCK_COMMENT);
    }
    if (lexer->lookahead != '/' || !(asks || in_range)) return false;
    line_comment(lexer);
    if (!skip_comments(lexer)) return false;
    return in_range ? open_range(lexer, valid) : line_end(lexer, valid, true);
}

bool tree_sitter_gal_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = payload;
    bool recovering = valid[ERROR_SENTINEL];
    if (!recovering && valid[STRING_TEXT]) return string_text(lexer, false);
    if (!recovering && valid[MULTI_LINE_TEXT]) return string_text(lexer, true);

    bool newline = scanner->after_newline && scanner->column == lexer->get_column(lexer);
    scanner->after_newline = false;
    lexer->mark_end(lexer);
    newline |= skip_space(lexer);
    static const bool NOTHING[ERROR_SENTINEL + 1] = {false};
    if (recovering) return lexer->lookahead == '/' && comment_or_line_end(scanner, lexer, NOTHING, newline);
    if (lexer->lookahead == '/') return comment_or_line_end(scanner, lexer, valid, newline);
    // A statement that may end here and a string that may start are both possible behind `return`.
    if (lexer->lookahead == 'r' && valid[RAW_STRING] && !(newline && valid[NEWLINE])) return raw_string(lexer);
    if (valid[OPEN_RANGE] || valid[OPEN_RANGE_IN_HEAD]) return open_range(lexer, valid);
    if (valid[NEWLINE] || valid[ASK_TIMEOUT]) return line_end(lexer, valid, newline);
    return false;
}
