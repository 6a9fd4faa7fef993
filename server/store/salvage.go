package store

import (
	"encoding/binary"
	"maps"
	"math"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"unmixlab/sim/train"
)

// salvage is what can still be read of a database, row by row, whatever else of it is
// damaged: rows are known by their shape, so that neither the tree of pages nor the list
// of tables has to be whole.
type salvage struct {
	runs     []Run
	metrics  map[string][]train.Progress // by run, in no order
	sounds   []Sound
	measures map[string][]Measure // by run, in no order
	layout   int                  // 0: not known
}

// salvageFile reads the pages of a database file and of the log beside it.
func salvageFile(path string) (salvage, error) {
	s := salvage{metrics: map[string][]train.Progress{}, measures: map[string][]Measure{}}
	b, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	log, _ := os.ReadFile(path + "-wal") // most often there is none
	pages := newPages(b, log)
	if head := pages.page(1); len(head) >= headerSize && string(head[:len(magic)]) == magic {
		s.layout = int(binary.BigEndian.Uint32(head[layoutAt:]))
	}
	free := pages.free()
	for _, n := range pages.numbers() {
		if !free[n] {
			pages.rows(n, s.add)
		}
	}
	return s, nil
}

// The places in SQLite's file format (https://sqlite.org/fileformat2.html) that are read.
const (
	magic      = "SQLite format 3\x00"
	headerSize = 100 // of the file, at the beginning of page 1
	freeAt     = 32  // page of the first trunk of the free list
	layoutAt   = 60  // user_version
	usualPage  = 4096

	tableLeaf, indexLeaf, indexInner = 0x0d, 0x0a, 0x02
)

// pages are a database's, the newest of each.
type pages struct {
	size  int
	file  []byte
	newer map[int][]byte // from the log
}

// newPages tells the size of pages by the file's head, by that of the log, or takes the
// usual one.
func newPages(file, log []byte) pages {
	p := pages{size: usualPage, file: file, newer: map[int][]byte{}}
	if len(file) >= headerSize && string(file[:len(magic)]) == magic {
		if size := int(binary.BigEndian.Uint16(file[16:])); size >= 512 && size&(size-1) == 0 {
			p.size = size
		}
	}
	p.readLog(log)
	return p
}

// numbers are those of all pages that there are, in their order; a log that is damaged
// may name any.
func (p *pages) numbers() []int {
	numbers := slices.Sorted(maps.Keys(p.newer))
	inFile := (len(p.file) + p.size - 1) / p.size
	numbers = slices.DeleteFunc(numbers, func(n int) bool { return n <= inFile })
	all := make([]int, inFile, inFile+len(numbers))
	for i := range all {
		all[i] = i + 1
	}
	return append(all, numbers...)
}

// readLog takes the pages of what the log has committed.
func (p *pages) readLog(log []byte) {
	const head, frameHead = 32, 24
	if len(log) < head || int(binary.BigEndian.Uint32(log[8:])) != p.size {
		return
	}
	salts := log[16:24]
	pending := map[int][]byte{}
	for at := head; at+frameHead+p.size <= len(log); at += frameHead + p.size {
		frame := log[at:]
		if string(frame[8:16]) != string(salts) {
			return // of an earlier round
		}
		n := int(binary.BigEndian.Uint32(frame))
		pending[n] = frame[frameHead : frameHead+p.size]
		if count := int(binary.BigEndian.Uint32(frame[4:])); count > 0 { // the frame ends a transaction
			maps.Copy(p.newer, pending)
			clear(pending)
		}
	}
}

// page is the nth, from 1; shorter than others where the file ends within it, nil where
// there is none.
func (p *pages) page(n int) []byte {
	if page := p.newer[n]; page != nil {
		return page
	}
	from := (n - 1) * p.size
	if n < 1 || from >= len(p.file) {
		return nil
	}
	return p.file[from:min(from+p.size, len(p.file))]
}

// free are the pages that are in no use: what they hold was deleted.
func (p *pages) free() map[int]bool {
	free := map[int]bool{}
	head := p.page(1)
	if len(head) < headerSize || string(head[:len(magic)]) != magic {
		return free
	}
	for trunk := int(binary.BigEndian.Uint32(head[freeAt:])); trunk > 0 && !free[trunk]; {
		page := p.page(trunk)
		if len(page) < 8 {
			break
		}
		free[trunk] = true
		leaves := min(int(binary.BigEndian.Uint32(page[4:])), len(page)/4-2)
		for i := range max(0, leaves) {
			free[int(binary.BigEndian.Uint32(page[8+4*i:]))] = true
		}
		trunk = int(binary.BigEndian.Uint32(page))
	}
	return free
}

// rows hands over the rows on a page; of one that is no page of rows, or damaged, those
// that can be read.
func (p *pages) rows(n int, do func(row []any)) {
	page := p.page(n)
	at := 0
	if n == 1 {
		at = headerSize
	}
	if len(page) < at+12 {
		return
	}
	kind, cells, list := page[at], int(binary.BigEndian.Uint16(page[at+3:])), at+8
	switch kind {
	case tableLeaf, indexLeaf:
	case indexInner:
		list += 4
	default:
		return
	}
	for i := range min(cells, (len(page)-list)/2) {
		cell := int(binary.BigEndian.Uint16(page[list+2*i:]))
		if cell >= len(page) {
			continue
		}
		if row := p.row(kind, page[cell:]); row != nil {
			do(row)
		}
	}
}

// row reads a cell's row; nil where it is damaged.
func (p *pages) row(kind byte, cell []byte) []any {
	if kind == indexInner { // after the number of a page
		cell = cell[min(4, len(cell)):]
	}
	length, n := varint(cell)
	cell = cell[n:]
	whole := (p.size-12)*64/255 - 23 // longer ones go on in other pages
	if kind == tableLeaf {
		_, n := varint(cell)
		cell, whole = cell[n:], p.size-35
	}
	if length <= 0 || length > 1<<20 {
		return nil
	}
	return values(p.payload(cell, int(length), whole))
}

// payload collects a row of a length that may go on in other pages.
func (p *pages) payload(cell []byte, length, whole int) []byte {
	if length <= whole {
		if length > len(cell) {
			return nil
		}
		return cell[:length]
	}
	least := (p.size-12)*32/255 - 23
	local := least + (length-least)%(p.size-4)
	if local > whole {
		local = least
	}
	if local+4 > len(cell) {
		return nil
	}
	out := slices.Clone(cell[:local])
	for next := int(binary.BigEndian.Uint32(cell[local:])); len(out) < length; {
		page := p.page(next)
		if len(page) < p.size {
			return nil
		}
		out = append(out, page[4:min(p.size, 4+length-len(out))]...)
		next = int(binary.BigEndian.Uint32(page))
	}
	return out
}

// values takes a record apart: the types of its values, then the values.
func values(record []byte) []any {
	length, n := varint(record)
	if length < int64(n) || length > int64(len(record)) || n == 0 {
		return nil
	}
	types, body := record[n:length], record[length:]
	var row []any
	for len(types) > 0 {
		kind, n := varint(types)
		if n == 0 {
			return nil
		}
		types = types[n:]
		size := valueSize(kind)
		if size < 0 || size > int64(len(body)) {
			return nil
		}
		row = append(row, value(kind, body[:size]))
		body = body[size:]
	}
	return row
}

// valueSize is how many bytes a value of a type has; -1 for what is no type.
func valueSize(kind int64) int64 {
	switch {
	case kind < 0 || kind == 10 || kind == 11:
		return -1
	case kind >= 12:
		return (kind - 12) / 2
	}
	return []int64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[kind]
}

// value is nil, an int64, a float64, a string or, for anything else, bytes.
func value(kind int64, b []byte) any {
	switch {
	case kind == 0:
		return nil
	case kind == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case kind == 8, kind == 9:
		return kind - 8
	case kind < 8:
		v := int64(int8(b[0]))
		for _, next := range b[1:] {
			v = v<<8 | int64(next)
		}
		return v
	case kind%2 == 1 && utf8.Valid(b):
		return string(b)
	}
	return b
}

// varint reads a number of one to nine bytes, and tells how many; none for a cut one.
func varint(b []byte) (v int64, n int) {
	for i := range min(9, len(b)) {
		if i == 8 {
			return v<<8 | int64(b[i]), 9
		}
		if v = v<<7 | int64(b[i]&0x7f); b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// stamp names a moment in a file's name.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
