package credentials

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/awsapi"
)

func TestProfilesAreIdentities(t *testing.T) {
	text := "\ufeff# made by hand\r\n" + `
[default]
aws_access_key_id = AKIDONE
aws_secret_access_key=se=cr#et;/+1   # a comment; the # and ; before it are the secret's
region = eu-central-1

; another
[ci-bot] # with a comment
  AWS_ACCESS_KEY_ID	=	AKIDTWO
  aws_secret_access_key = two
aws_session_token = FwoGZ==
s3 =
  max_concurrent_requests = 20
  addressing_style = path

[only-a-role]
role_arn = arn:aws:iam::000000000000:role/x
source_profile = default`
	got, err := Parse("file", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []awsapi.Credential{
		{Identity: "default", AccessKeyID: "AKIDONE", Secret: "se=cr#et;/+1"},
		{Identity: "ci-bot", AccessKeyID: "AKIDTWO", Secret: "two", SessionToken: "FwoGZ=="},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakesAreToldByLine(t *testing.T) {
	const pair = "aws_access_key_id = A\naws_secret_access_key = topsecret\n"
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "file has no profile with"},
		{"no keys", "[a]\nregion = x\n", "file has no profile with"},
		{"a profile twice", "[a]\n" + pair + "\n[b]\n[a]\n", "file: line 6 begins profile a again, after line 1"},
		{"a setting twice", "[a]\n" + pair + "aws_access_key_id = B\n", "file: line 4 sets aws_access_key_id of profile a again"},
		{"a key in two profiles", "[a]\n" + pair + "[b]\n" + pair, "file: profile b of line 4 has the same aws_access_key_id as the profile of line 1"},
		{"no secret", "[a]\naws_access_key_id = A\n[b]\n" + pair, "file: profile a of line 1 has no aws_secret_access_key"},
		{"an empty secret", "\n[a]\naws_access_key_id = A\naws_secret_access_key =\n", "file: profile a of line 2 has no aws_secret_access_key"},
		{"no key", "[a]\naws_secret_access_key = topsecret\n", "file: profile a of line 1 has no aws_access_key_id"},
		{"a token alone", "[a]\naws_session_token = topsecret\n", "file: profile a of line 1 has no aws_access_key_id"},
		{"no profile", pair, "file: line 1 sets aws_access_key_id before any [profile]"},
		{"no setting", "[a]\n" + pair + "topsecret\n", "file: line 4 is neither [profile] nor name = value"},
		{"no name", "[a]\n= topsecret\n", "file: line 2 is neither"},
		{"an open head", "[a\n" + pair, "file: line 1 is not the head of a profile"},
		{"an empty head", "[ ]\n", "file: line 1 is not the head of a profile"},
		{"more after the head", "[a] b\n", "file: line 1 is not the head of a profile"},
		{"a configuration's profile", "[profile a]\n" + pair, "file: line 1 begins [profile a]: in a credentials file, write [a]"},
		{"a configuration's session", "[sso-session a]\n", "which is no profile"},
		{"a secret in two lines", "[a]\n" + pair + "  topsecret\n", "file: line 4 goes on with aws_secret_access_key of profile a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse("file", test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, %v; want an error with %q", got, err, test.want)
			}
			if strings.Contains(err.Error(), "topsecret") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

// FuzzParse holds the parser to what a server rests on: whatever is read, each
// key pair is whole and stands for one identity.
func FuzzParse(f *testing.F) {
	f.Add("[a]\naws_access_key_id = A\naws_secret_access_key = B # c\n[b]\n x=1\n")
	f.Fuzz(func(t *testing.T, text string) {
		found, err := Parse("file", text)
		if err == nil && len(found) == 0 {
			t.Error("nothing was found, and that was no error")
		}
		if _, err := awsapi.New(awsapi.Config{Credentials: found}); err != nil {
			t.Errorf("%v", err)
		}
	})
}
