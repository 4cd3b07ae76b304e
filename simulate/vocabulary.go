package simulate

// The words that records are made of.
var (
	agents     = []string{"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", "Mozilla/5.0 (iPhone; iOS 17_5) Safari/17.5", "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0", "okhttp/4.12.0 (Android 14)"}
	banks      = []string{"First Harbour Bank", "Northern Mutual", "Bank of the Two Rivers", "Cooperative Credit Union", "Old Mill Savings"}
	carriers   = []string{"Northwind Express", "River Freight", "Blue Gum Couriers", "Overland Post"}
	categories = []string{"kitchen/knives", "garden/tools", "books/history", "toys/wooden", "outdoor/tents", "music/strings"}
	channels   = []string{"web", "mobile-app", "partner-shop", "telephone", "e-mail", "store"}
	cities     = []string{"Melbourne", "Sydney", "Brisbane", "Perth", "Adelaide", "Hobart", "Darwin", "Canberra", "Geelong", "Ballarat"}
	countries  = []string{"AU", "NZ", "DE", "CH", "FR", "US", "JP", "BR"}
	currencies = []string{"AUD", "NZD", "EUR", "CHF", "USD", "JPY"}
	locales    = []string{"en-AU", "en-NZ", "de-CH", "fr-FR", "pt-BR", "ja-JP"}
	methods    = []string{"credit-card", "debit-card", "bank-transfer", "wallet", "invoice"}
	pages      = []string{"/", "/products/garden/tools", "/products/books/history?sort=price", "/cart", "/checkout/address", "/help/returns"}
	plans      = []string{"free", "starter", "business", "enterprise"}
	referrers  = []string{"https://search.example.com/", "https://news.example.org/today", "https://friends.example.net/feed", "direct"}
	topics     = []string{"delivery is late", "refund not received", "wrong item", "cannot log in", "change of address"}
	units      = []string{"celsius", "percent", "lux", "millivolt", "gravity"}

	firstNames = []string{"Olivia", "Noah", "Amelia", "Jack", "Mia", "Leo", "Grace", "Henry", "Zoe", "Oscar", "Ruby", "Finn", "Ella", "Hugo", "Maya", "Luca"}
	lastNames  = []string{"Nguyen", "Smith", "Okafor", "Brown", "Rossi", "Taylor", "Singh", "Wilson", "Meyer", "Martin", "Costa", "Walker", "Kaya", "Young", "Silva", "Reid"}
	jobs       = []string{"Surveyor", "Nurse, children's", "Electrical engineer", "Teacher, primary school", "Accountant", "Baker", "Software developer", "Land/geomatics technician", "Archivist", "Pilot"}
	companies  = []string{"Two Rivers Ltd", "Harbour and Sons", "Gum Tree Group", "Old Mill Pty Ltd", "Southern Cross Works", "Wattle Partners"}
	streets    = []string{"Station Street", "Mill Lane", "Harbour Parade", "Wattle Grove", "Church Road", "Victoria Avenue", "River Walk", "Banksia Close"}
	suburbs    = []string{"Fitzroy", "Glebe", "Kangaroo Point", "Fremantle", "Norwood", "Battery Point", "Nightcliff", "Ainslie"}
	levels     = []string{"LOW", "MEDIUM", "HIGH"}
	mailHosts  = []string{"example.com", "example.org", "example.net"}
)

// A place is a state of Australia and a point in its capital.
type place struct {
	state     string
	lat, long float64
}

var places = []place{
	{"VIC", -37.8136, 144.9631}, {"NSW", -33.8688, 151.2093}, {"QLD", -27.4698, 153.0251}, {"WA", -31.9523, 115.8613},
	{"SA", -34.9285, 138.6007}, {"TAS", -42.8821, 147.3272}, {"NT", -12.4634, 130.8456}, {"ACT", -35.2809, 149.1300},
}
