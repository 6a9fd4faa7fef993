package modelfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Opcodes of a pickle of protocol 0 to 5, with the bytes of their arguments: a fixed
// number, or one of the kinds below. Everything else is refused.
const (
	aLine     = -1 // up to a newline
	twoLines  = -2 // GLOBAL, INST: module and name, each up to a newline
	counted1  = -3 // one byte of length, then so many bytes
	counted4  = -4 // four bytes of length, then so many bytes
	counted8  = -5 // eight bytes of length, then so many bytes
	frame     = -6 // eight bytes: how many of the following belong together
	longBytes = -7 // LONG1: counted1, of at least one byte
	stop      = '.'
)

var opcodes = map[byte]int{
	0x80: 1, stop: 0, 0x95: frame,
	'c': twoLines, 'i': twoLines, 0x93: 0, // names of classes and functions
	'F': aLine, 'I': aLine, 'L': aLine, 'J': 4, 'K': 1, 'M': 2, 'G': 8, 0x8a: longBytes, // numbers
	'N': 0, 0x88: 0, 0x89: 0, // None, True, False
	'S': aLine, 'V': aLine, 'U': counted1, 'T': counted4, 'X': counted4, 0x8c: counted1, 0x8d: counted8, // text
	'C': counted1, 'B': counted4, 0x8e: counted8, 0x96: counted8, // bytes
	'p': aLine, 'g': aLine, 'q': 1, 'r': 4, 'h': 1, 'j': 4, 0x94: 0, // memo
	'(': 0, '0': 0, '1': 0, '2': 0, // mark, pop, duplicate
	')': 0, 't': 0, 0x85: 0, 0x86: 0, 0x87: 0, // tuples
	'}': 0, 'd': 0, 's': 0, 'u': 0, ']': 0, 'l': 0, 'a': 0, 'e': 0, 0x8f: 0, 0x90: 0, 0x91: 0, // dict, list, set
	'R': 0, 'b': 0, 'o': 0, 0x81: 0, 0x92: 0, 'Q': 0, // call, build, new object, persistent id
}

const (
	// maxPickle bounds the description of a network in a .pt file, in bytes; published
	// ones have 2 kB, checkpoints with a long list of losses some hundred.
	maxPickle = 2 << 20
	// maxContainers bounds how many lists, dictionaries, objects, calls and numbered
	// things it has: each takes some hundred bytes of memory for one in the file.
	maxContainers = 300_000
)

// containers are the opcodes that take much more memory than they have bytes.
const containers = "(}]dl)tRo\x94\x81\x85\x86\x87\x8f\x91\x92"

// pickleLength walks the pickle that begins b without interpreting it, and returns
// its length: known opcodes only, no length beyond the end, and no more of anything
// than maxPickle and maxContainers, so that the interpreter's memory is bounded.
func pickleLength(b []byte) (int, error) {
	made := 0
	for at := 0; at < len(b); {
		code := b[at]
		argument, known := opcodes[code]
		if !known {
			return 0, fmt.Errorf("its pickle has opcode %#x at byte %d, which a saved network does not need", code, at)
		}
		if code == stop {
			return at + 1, nil
		}
		n, ok := argumentLength(argument, b[at+1:])
		if !ok || n > len(b)-at-1 {
			return 0, fmt.Errorf("its pickle is cut off at byte %d", at)
		}
		at += 1 + n
		if bytes.IndexByte([]byte(containers), code) >= 0 {
			made++
		}
		if at > maxPickle || made > maxContainers {
			return 0, fmt.Errorf("its pickle is larger than the description of a network: save the network alone, %s", saveWhole)
		}
	}
	return 0, fmt.Errorf("its pickle has no end")
}

// argumentLength is the number of bytes of an argument that begins b.
func argumentLength(argument int, b []byte) (n int, ok bool) {
	switch argument {
	case aLine:
		n = bytes.IndexByte(b, '\n') + 1
		return n, n > 0
	case twoLines:
		first := bytes.IndexByte(b, '\n') + 1
		second := bytes.IndexByte(b[first:], '\n') + 1
		return first + second, first > 0 && second > 0
	case longBytes:
		return counted(b, 1, len(b) > 0 && b[0] > 0)
	case counted1:
		return counted(b, 1, true)
	case counted4:
		return counted(b, 4, true)
	case counted8:
		return counted(b, 8, true)
	case frame:
		_, ok := counted(b, 8, true) // what it counts is walked as well
		return 8, ok
	}
	return argument, true
}

// counted is the length of so many bytes of length and what they count.
func counted(b []byte, width int, possible bool) (n int, ok bool) {
	if len(b) < width || !possible {
		return 0, false
	}
	var wide [8]byte
	copy(wide[:], b[:width])
	n64 := binary.LittleEndian.Uint64(wide[:])
	if n64 > uint64(len(b)-width) {
		return 0, false
	}
	return width + int(n64), true
}
