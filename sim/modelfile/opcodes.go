package modelfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Opcodes of a pickle as PyTorch writes it (protocol 2), with the bytes of their
// arguments: a fixed number, or one of the kinds below. Everything else is refused.
const (
	twoLines  = -1 // GLOBAL: module and name, each up to a newline
	counted4  = -2 // BINUNICODE: four bytes of length, then so many bytes
	counted1  = -3 // LONG1: one byte of length, then so many bytes
	stop      = '.'
	longCode  = 0x8a
	protoCode = 0x80
)

var opcodes = map[byte]int{
	protoCode: 1, stop: 0,
	'c': twoLines, 'X': counted4, longCode: counted1,
	'J': 4, 'K': 1, 'M': 2, 'G': 8, 'N': 0, 0x88: 0, 0x89: 0, // numbers, None, True, False
	'q': 1, 'r': 4, 'h': 1, 'j': 4, // memo
	'(': 0, ')': 0, 't': 0, 0x85: 0, 0x86: 0, 0x87: 0, // mark, tuples
	'}': 0, 's': 0, 'u': 0, ']': 0, 'a': 0, 'e': 0, // dict, list
	'R': 0, 'b': 0, 0x81: 0, 'Q': 0, // call, build, new object, persistent id
}

// checkPickle walks a pickle without interpreting it: known opcodes only, and no
// length beyond its end, so that the interpreter takes no more memory than the
// pickle can fill.
func checkPickle(b []byte) error {
	if len(b) < 2 || b[0] != protoCode || b[1] > 2 {
		return fmt.Errorf("its pickle is not of protocol 2, which torch.save writes")
	}
	for at := 0; at < len(b); {
		code := b[at]
		argument, known := opcodes[code]
		if !known {
			return fmt.Errorf("its pickle has opcode %#x at byte %d, which a saved network does not need", code, at)
		}
		if code == stop {
			return nil
		}
		n, ok := argumentLength(argument, b[at+1:])
		if !ok || n > len(b)-at-1 {
			return fmt.Errorf("its pickle is cut off at byte %d", at)
		}
		at += 1 + n
	}
	return fmt.Errorf("its pickle has no end")
}

// argumentLength is the number of bytes of an argument that begins b.
func argumentLength(argument int, b []byte) (n int, ok bool) {
	switch argument {
	case twoLines:
		for range 2 {
			k := bytes.IndexByte(b[n:], '\n')
			if k < 0 {
				return 0, false
			}
			n += k + 1
		}
		return n, true
	case counted4:
		if len(b) < 4 {
			return 0, false
		}
		return 4 + int(binary.LittleEndian.Uint32(b)), true
	case counted1:
		if len(b) < 1 || b[0] == 0 {
			return 0, false
		}
		return 1 + int(b[0]), true
	}
	return argument, true
}
