// Package credentials reads AWS credentials files: the format of
// ~/.aws/credentials, which every AWS client reads too. Each profile that has
// an access key is an identity, under the profile's name.
//
// It reads what the SDKs read: [profile], name = value, comments that begin
// with # or ; at the start of a line or after a space, indented lines that
// belong to the line above, and any other settings, which are left alone.
//
// Unlike the SDKs it refuses, with the number of the line, what they take in
// silence: the same profile or the same setting twice, a key without its
// secret, lines that are neither. A server that guesses lets in the wrong
// people.
//
// It reads text and knows nothing of files or of requests.
package credentials
