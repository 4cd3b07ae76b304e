package awsapi

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

// A Place is what the ARNs that a caller sees say of where things are. There is
// one set of streams, whatever the place: it names them and divides nothing.
type Place struct {
	Partition string // aws, aws-cn, aws-us-gov, …
	Region    string
	Account   string // twelve digits
}

// Where callers are who do not say.
const (
	DefaultRegion  = "us-east-1"
	DefaultAccount = "000000000000"
)

var (
	regionPattern  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
)

// IsRegion reports whether a text may be a region's name.
func IsRegion(text string) bool { return regionPattern.MatchString(text) }

// IsAccount reports whether a text is an account's number.
func IsAccount(text string) bool { return accountPattern.MatchString(text) }

// NewPlace returns the place of a region and an account, or of the default one
// where they are empty.
func NewPlace(region, account string) Place {
	if region == "" {
		region = DefaultRegion
	}
	if account == "" {
		account = DefaultAccount
	}
	partition := "aws"
	for prefix, other := range partitions {
		if strings.HasPrefix(region, prefix) {
			partition = other
		}
	}
	return Place{Partition: partition, Region: region, Account: account}
}

// partitions are those of regions whose names begin so; of all others it is aws.
var partitions = map[string]string{
	"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc",
	"us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f",
}

// ARN names a resource of a service.
func (p Place) ARN(service, resource string) string {
	return "arn:" + p.Partition + ":" + service + ":" + p.Region + ":" + p.Account + ":" + resource
}

// ParseARN takes the name of a service's resource apart. The region and account
// may be any: a name is good wherever it was made.
func ParseARN(arn, service string) (place Place, resource string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") || parts[2] != service || !IsAccount(parts[4]) {
		return Place{}, "", false
	}
	return Place{Partition: parts[1], Region: parts[3], Account: parts[4]}, parts[5], true
}

type placeKey struct{}

// PlaceOf returns where the caller of an operation is: in the region that its
// credential is scoped to, and in the server's account.
func PlaceOf(ctx context.Context) Place {
	if place, ok := ctx.Value(placeKey{}).(*Place); ok {
		return *place
	}
	return NewPlace("", "")
}

// locate notes where a request comes from. A region that is none is passed over.
func (h *Handler) locate(ctx context.Context, r *http.Request) context.Context {
	place := h.place
	scope := scopeOf(r)
	region, account := place.Region, place.Account
	if IsRegion(scope.region) {
		region = scope.region
	}
	// Emulators of AWS have their callers give their account as access key id.
	if h.cfg.Account == "" && h.auth.Load().open() && IsAccount(scope.accessKeyID) {
		account = scope.accessKeyID
	}
	if region != place.Region || account != place.Account {
		place = NewPlace(region, account)
	}
	return context.WithValue(ctx, placeKey{}, &place)
}

// A scope is what a request says it is signed for, true or not.
type scope struct{ accessKeyID, region, service string }

// scopeOf reads the credential of a request's signature, and no more: it may be
// malformed, and nothing of it is verified.
func scopeOf(r *http.Request) scope {
	credential := ""
	if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential = rest
		if end := strings.IndexAny(rest, ", "); end >= 0 {
			credential = rest[:end]
		}
	} else if r.URL.RawQuery != "" {
		credential = r.URL.Query().Get("X-Amz-Credential")
	}
	parts := strings.Split(credential, "/")
	if len(parts) < 5 {
		return scope{}
	}
	last := len(parts) - 4 // an access key id may itself have slashes
	return scope{accessKeyID: strings.Join(parts[:last], "/"), region: parts[last+1], service: parts[last+2]}
}
