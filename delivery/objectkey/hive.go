package objectkey

import "strings"

// NoValue stands for NULL and the empty string in a partition's folder, as
// Hive, Athena and Spark expect it.
const NoValue = "__HIVE_DEFAULT_PARTITION__"

// EscapeValue makes a partition's value safe inside a key, as Hive does: bytes
// that mean something to a path or to Hive become %XX.
func EscapeValue(value string) string {
	if value == "" {
		return NoValue
	}
	if strings.Trim(value, ".") == "" {
		// A folder of dots alone would lead out of its place.
		return strings.ReplaceAll(value, ".", "%2E")
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		if c < 0x20 || c == 0x7f || strings.IndexByte("\"#%'*/:=?\\{[]^", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
