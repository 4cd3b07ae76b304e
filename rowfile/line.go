package rowfile

import "bytes"

// AppendLine appends a record that passed a Scanner as one line. Line breaks,
// which a record may have between its values, become blanks; what is inside of
// strings has none.
func AppendLine(dst, data []byte) []byte {
	start := len(dst)
	dst = append(dst, data...)
	blank(dst[start:], '\n')
	blank(dst[start:], '\r')
	return append(dst, '\n')
}

// blank replaces a character by blanks.
func blank(line []byte, c byte) {
	for {
		i := bytes.IndexByte(line, c)
		if i < 0 {
			return
		}
		line[i] = ' '
		line = line[i+1:]
	}
}
