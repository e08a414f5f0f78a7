// Parses a JSON text of records objects into a tree, prints the tree, and compares; rounds times.
// The same as benches/c/json.c, but that the collector releases the trees.
package main

import "fmt"

const records = 6_000
const rounds = 12

type Kind uint8

const (
	Null Kind = iota
	Boolean
	Number
	Text
	List
	Object
)

type Json struct {
	kind    Kind
	boolean bool
	number  int
	text    []byte
	list    []Json
	members []Member
}

type Member struct {
	name  []byte
	value Json
}

type Parser struct {
	text []byte
	at   int
}

func (p *Parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *Parser) skipSpace() {
	for {
		switch p.peek() {
		case ' ', '\n', '\t', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *Parser) expect(word string) {
	for i := range len(word) {
		if p.peek() != word[i] {
			panic(word + " is expected")
		}
		p.at++
	}
}

func (p *Parser) str() []byte {
	var text []byte
	p.at++
	for {
		c := p.peek()
		p.at++
		if c == '"' {
			return text
		}
		if c == 0 {
			panic("the string does not end")
		}
		if c == '\\' {
			c = p.peek()
			p.at++
			if c == 'n' {
				c = '\n'
			} else if c == 't' {
				c = '\t'
			}
		}
		text = append(text, c)
	}
}

func (p *Parser) array() Json {
	var values []Json
	p.at++
	p.skipSpace()
	if p.peek() == ']' {
		p.at++
		return Json{kind: List}
	}
	for {
		values = append(values, p.value())
		p.skipSpace()
		c := p.peek()
		p.at++
		if c == ']' {
			return Json{kind: List, list: values}
		}
		if c != ',' {
			panic("`,` or `]` is expected")
		}
	}
}

func (p *Parser) object() Json {
	var members []Member
	p.at++
	p.skipSpace()
	if p.peek() == '}' {
		p.at++
		return Json{kind: Object}
	}
	for {
		p.skipSpace()
		if p.peek() != '"' {
			panic("a name is expected")
		}
		name := p.str()
		p.skipSpace()
		p.expect(":")
		members = append(members, Member{name, p.value()})
		p.skipSpace()
		c := p.peek()
		p.at++
		if c == '}' {
			return Json{kind: Object, members: members}
		}
		if c != ',' {
			panic("`,` or `}` is expected")
		}
	}
}

func (p *Parser) number() int {
	negative := p.peek() == '-'
	if negative {
		p.at++
	}
	n := 0
	for p.peek() >= '0' && p.peek() <= '9' {
		n = n*10 + int(p.peek()-'0')
		p.at++
	}
	if negative {
		return -n
	}
	return n
}

func (p *Parser) value() Json {
	p.skipSpace()
	switch p.peek() {
	case 'n':
		p.expect("null")
		return Json{kind: Null}
	case 't':
		p.expect("true")
		return Json{kind: Boolean, boolean: true}
	case 'f':
		p.expect("false")
		return Json{kind: Boolean}
	case '"':
		return Json{kind: Text, text: p.str()}
	case '[':
		return p.array()
	case '{':
		return p.object()
	default:
		return Json{kind: Number, number: p.number()}
	}
}

func pushInt(out []byte, n int) []byte {
	var digits [20]byte
	count := 0
	rest := n
	if n < 0 {
		out = append(out, '-')
		rest = -n
	}
	for {
		digits[count] = '0' + byte(rest%10)
		count++
		rest /= 10
		if rest == 0 {
			break
		}
	}
	for count > 0 {
		count--
		out = append(out, digits[count])
	}
	return out
}

func printString(text, out []byte) []byte {
	out = append(out, '"')
	for _, c := range text {
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, "\\n"...)
		case '\t':
			out = append(out, "\\t"...)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func printJson(json *Json, out []byte) []byte {
	switch json.kind {
	case Null:
		return append(out, "null"...)
	case Boolean:
		return append(out, truth(json.boolean)...)
	case Number:
		return pushInt(out, json.number)
	case Text:
		return printString(json.text, out)
	case List:
		out = append(out, '[')
		for i := range json.list {
			if i > 0 {
				out = append(out, ',')
			}
			out = printJson(&json.list[i], out)
		}
		return append(out, ']')
	default:
		out = append(out, '{')
		for i := range json.members {
			if i > 0 {
				out = append(out, ',')
			}
			out = printString(json.members[i].name, out)
			out = append(out, ':')
			out = printJson(&json.members[i].value, out)
		}
		return append(out, '}')
	}
}

func generate() []byte {
	random := NewRandom()
	text := []byte("[")
	for i := range records {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, "{\"id\":"...)
		text = pushInt(text, i)
		text = append(text, ",\"name\":\"record \\\""...)
		text = pushInt(text, random.Below(1_000_000))
		text = append(text, "\\\"\\n\",\"active\":"...)
		text = append(text, truth(random.Below(2) == 0)...)
		text = append(text, ",\"parent\":null,\"scores\":["...)
		scores := random.Below(8)
		for n := range scores {
			if n > 0 {
				text = append(text, ',')
			}
			text = pushInt(text, random.Below(20_000)-10_000)
		}
		text = append(text, "],\"place\":{\"x\":"...)
		text = pushInt(text, random.Below(1000))
		text = append(text, ",\"y\":"...)
		text = pushInt(text, random.Below(1000))
		text = append(text, "}}"...)
	}
	return append(text, ']')
}

func main() {
	text := generate()
	checksum := 0
	for range rounds {
		parser := Parser{text: text}
		json := parser.value()
		printed := printJson(&json, nil)
		if len(printed) != len(text) {
			panic("the lengths differ")
		}
		for i, c := range printed {
			if c != text[i] {
				panic("the texts differ")
			}
			checksum = (checksum*31 + int(c)) % 1_000_000_007
		}
	}
	fmt.Println("json", len(text), checksum)
}
