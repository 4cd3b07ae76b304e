package redshift

// Every text is UTF-8. DuckDB's functions trust a VARCHAR to be so and read and
// write memory that is not theirs when it is not; pyarrow and clients refuse to
// read it. These are all the places where bytes become text, and what keeps
// them:
//
//	SQL text: constants, names, aliases   lex refuses other bytes, and NUL, for the whole statement;
//	                                      escapes of E'…' are checked as one constant (quotedString)
//	bound parameters                      duck.Stmt refuses text that is none; binary ones are VARBYTE
//	VARBYTE to text (casts, comparisons,  decode(x), which fails; hex, binary and base64 are ASCII;
//	  FROM_VARBYTE, JSON functions)       JSON functions and IS_UTF8 look at the bytes themselves
//	casts to VARCHAR(n), CHAR(n)          leat_cut
//	INSERT, UPDATE, COPY's columns        leat_fit, leat_fit_char: cut among blanks only
//	LEFT, RIGHT, SUBSTRING, LPAD, RPAD,   count characters, of text that is UTF-8
//	  TRANSLATE, REVERSE, SPLIT_PART …
//	CHR                                   DuckDB refuses surrogates and what is above U+10FFFF
//	regular expressions                   match characters; \C, a byte, is refused (pattern, leat_pattern)
//	JSON and SUPER                        escapes of half a surrogate pair are no JSON; documents are text
//	records of a stream                   VARBYTE; of a delivery stream: fields of JSON, checked by rowfile
//	LISTAGG and ||                        of texts
//
// decode(x, 'ignore') is none of these: DuckDB leaves surrogates and the beginning
// of a character in, which is how half characters came to be.
//
// NUL is a character like any other in data, as it is for Redshift's COPY: CHR(0)
// and JSON's \u0000 make one. In the text of a statement it is refused, since
// DuckDB takes it for the end.
