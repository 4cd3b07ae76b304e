package rowfile

import (
	"bytes"
	"strconv"
)

// Bounds of numbers. Those within regular bounds have one exact type however
// they come together: 20 digits before the point, 18 after it.
const (
	maxDigits    = 20
	maxScale     = 18
	maxPrecision = 38
	bigintDigits = 19
)

// number checks the number at pos, and measures it.
func (s *Scanner) number() Kind {
	data, start := s.data, s.pos
	i := start
	if i < len(data) && data[i] == '-' {
		i++
	}
	first := i
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	digits := i - first
	if digits == 0 || digits > 1 && data[first] == '0' {
		s.fail("a value is expected")
		return failed
	}
	point, exponent := i, 0
	whole := true
	if i < len(data) && data[i] == '.' {
		whole = false
		i++
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			i++
		}
		if i == from {
			s.pos = i
			s.fail("digits are expected after a number's point")
			return failed
		}
	}
	mantissa := i
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		whole = false
		i++
		sign := 1
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			if data[i] == '-' {
				sign = -1
			}
			i++
		}
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			// Beyond a million it does not matter how large it is.
			exponent = min(exponent*10+int(data[i]-'0'), 1_000_000)
			i++
		}
		if i == from {
			s.pos = i
			s.fail("digits are expected after a number's exponent")
			return failed
		}
		exponent *= sign
	}
	s.pos = i
	if s.fields.First {
		return s.firstNumber(data[start:i], whole, digits)
	}
	if whole && digits < bigintDigits {
		if digits == 1 && data[first] == '0' && first > start {
			s.digits, s.scale = 1, 0 // -0 is written with its sign
			return Number
		}
		s.digits, s.scale = int8(digits), 0
		return Int
	}
	kind := s.measure(data[start:i], data[first:point], data[min(point+1, mantissa):mantissa], exponent, whole)
	if mantissa < i && (kind == Number || kind == Wide) {
		// Who reads it begins with the digits before the exponent.
		return s.exact(max(int(s.digits), digits), max(int(s.scale), mantissa-min(point+1, mantissa)))
	}
	return kind
}

// measure finds out how many digits a number has before and after its point,
// those of its value: zeros at both ends say nothing.
func (s *Scanner) measure(text, before, after []byte, exponent int, whole bool) Kind {
	if whole {
		if _, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			s.digits, s.scale = bigintDigits, 0
			return Int
		}
	}
	// The first and the last digit that is not 0, counted from the point.
	left, right, found := 0, 0, false
	for i, c := range before {
		if c != '0' {
			if !found {
				left, found = len(before)-i, true
			}
			right = len(before) - i - 1
		}
	}
	for i, c := range after {
		if c != '0' {
			if !found {
				left, found = -i, true
			}
			right = -i - 1
		}
	}
	if !found {
		s.digits, s.scale = 1, 0
		return Number
	}
	digits, scale := max(left+exponent, 0), max(-right-exponent, 0)
	if scale == 0 && digits == bigintDigits && !fitsBigint(text) {
		digits++
	}
	return s.exact(digits, scale)
}

// exact is the kind of a number of so many digits.
func (s *Scanner) exact(digits, scale int) Kind {
	if digits+scale > maxPrecision {
		return Huge
	}
	s.digits, s.scale = int8(digits), int8(scale)
	if digits <= maxDigits && scale <= maxScale {
		return Number
	}
	return Wide
}

// fitsBigint tells whether a whole number of 19 digits fits 64 bits.
func fitsBigint(text []byte) bool {
	_, err := strconv.ParseInt(string(appendPlain(nil, text)), 10, 64)
	return err == nil
}

// appendPlain appends a number of at most maxPrecision digits without exponent,
// and without zeros that say nothing.
func appendPlain(dst, text []byte) []byte {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	exponent := 0
	if e := bytes.IndexAny(text, "eE"); e >= 0 {
		exponent, _ = strconv.Atoi(string(text[e+1:]))
		text = text[:e]
	}
	before, after, _ := bytes.Cut(text, []byte("."))
	digits := append(append(make([]byte, 0, len(text)), before...), after...)
	point := len(before) + exponent
	for len(digits) > 0 && digits[0] == '0' {
		digits, point = digits[1:], point-1
	}
	digits = bytes.TrimRight(digits, "0")
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	if point <= 0 {
		dst = append(append(dst, "0."...), bytes.Repeat([]byte("0"), -point)...)
		return append(dst, digits...)
	}
	if point >= len(digits) {
		return append(append(dst, digits...), bytes.Repeat([]byte("0"), point-len(digits))...)
	}
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

// firstNumber judges a number as the first version of Leat did.
func (s *Scanner) firstNumber(text []byte, whole bool, digits int) Kind {
	if digits > 300 || !whole && bytes.ContainsAny(text, "eE") {
		if _, err := strconv.ParseFloat(string(text), 64); err != nil {
			s.fail("a number is out of the range of a double")
			return failed
		}
	}
	if !whole {
		return Number
	}
	if digits >= bigintDigits {
		if _, err := strconv.ParseInt(string(text), 10, 64); err != nil {
			return Number
		}
	}
	return Int
}
