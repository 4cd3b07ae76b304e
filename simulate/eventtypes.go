package simulate

import "strconv"

// An eventType is one kind of event, ready to be written: head is the JSON
// from the end of the UUID to the value of created_at.
type eventType struct {
	name   string
	head   string
	fields []field
}

// A field is a member of an event's JSON: a label, which is `,"name":` and the
// quote of a string, and what the value is made of.
type field struct {
	label     string
	kind      fieldKind
	from      []string
	low, high uint64
}

type fieldKind uint8

const (
	isText    fieldKind = iota // one of from
	isNumber                   // low to high
	isMoney                    // two places
	isDecimal                  // four places, between -90 and 90
	isFlag                     // true or false
	isHex                      // twelve hexadecimal digits
	isIP                       // an address of a documentation network
)

// eventTypes are the 100 event names: the first word cycles fastest, so that
// the first ten names have ten different ones.
var eventTypes = makeEventTypes()

func makeEventTypes() []eventType {
	subjects := []struct {
		word    string
		objects [10]string
		fields  []field
	}{
		{"account", [10]string{"created", "updated", "closed", "email:verified", "password:changed", "login:succeeded", "login:failed", "address:added", "consent:given", "consent:withdrawn"},
			[]field{text("plan", plans), text("country", countries), ip("ip"), text("locale", locales), hex("device_id"), flag("marketing"), text("user_agent", agents)}},
		{"payment", [10]string{"order:completed", "order:refused", "refund:requested", "refund:completed", "card:added", "card:expired", "chargeback:opened", "chargeback:lost", "payout:sent", "invoice:paid"},
			[]field{number("order_id", 1e9, 2e9), money("amount"), text("currency", currencies), text("method", methods), hex("authorization"), number("installments", 1, 12), text("bank", banks), flag("three_d_secure")}},
		{"order", [10]string{"placed", "confirmed", "cancelled", "item:added", "item:removed", "item:returned", "coupon:applied", "note:added", "packed", "archived"},
			[]field{number("order_id", 1e9, 2e9), number("items", 1, 20), money("total"), text("currency", currencies), text("channel", channels), text("warehouse", cities), hex("cart_id"), flag("gift")}},
		{"shipment", [10]string{"created", "picked", "handed:over", "in:transit", "customs:cleared", "delayed", "delivered", "refused", "lost", "label:printed"},
			[]field{hex("tracking"), text("carrier", carriers), text("origin", cities), text("destination", cities), money("weight_kg"), number("parcels", 1, 9), decimal("lat"), decimal("long"), flag("express")}},
		{"cart", [10]string{"opened", "item:added", "item:removed", "abandoned", "restored", "merged", "shared", "saved", "checked:out", "emptied"},
			[]field{hex("cart_id"), number("items", 1, 20), money("value"), text("currency", currencies), text("referrer", referrers), text("locale", locales), flag("logged_in")}},
		{"session", [10]string{"started", "ended", "page:viewed", "link:clicked", "form:submitted", "search:run", "video:played", "scrolled", "error:shown", "consent:asked"},
			[]field{hex("session_id"), ip("ip"), text("page", pages), text("referrer", referrers), text("user_agent", agents), number("duration_ms", 10, 600000), flag("mobile")}},
		{"support", [10]string{"ticket:opened", "ticket:answered", "ticket:closed", "chat:started", "chat:ended", "call:started", "call:ended", "rating:given", "article:read", "escalated"},
			[]field{number("ticket_id", 1e6, 9e6), text("topic", topics), number("priority", 1, 5), text("language", locales), text("team", cities), number("waiting_s", 1, 7200), hex("conversation"), flag("first_contact")}},
		{"catalog", [10]string{"product:viewed", "product:created", "product:updated", "price:changed", "stock:low", "stock:filled", "review:written", "image:added", "category:moved", "product:retired"},
			[]field{number("product_id", 1e6, 9e6), money("price"), text("currency", currencies), text("category", categories), number("stock", 0, 5000), hex("sku"), text("supplier", banks), flag("visible")}},
		{"campaign", [10]string{"mail:sent", "mail:opened", "mail:clicked", "mail:bounced", "unsubscribed", "push:sent", "push:opened", "ad:shown", "ad:clicked", "coupon:redeemed"},
			[]field{number("campaign_id", 1e4, 9e4), text("medium", channels), text("source", referrers), text("variant", plans), hex("message_id"), money("cost"), text("country", countries), flag("test_group")}},
		{"sensor", [10]string{"temperature:read", "humidity:read", "door:opened", "door:closed", "battery:low", "position:read", "shock:felt", "light:read", "firmware:updated", "restarted"},
			[]field{hex("sensor_id"), decimal("lat"), decimal("long"), money("reading"), text("unit", units), number("battery", 0, 100), number("signal_dbm", 40, 110), text("site", cities), flag("alarm")}},
	}
	var types []eventType
	for object := range 10 {
		for _, s := range subjects {
			name := s.word + ":" + s.objects[object]
			types = append(types, eventType{name: name, head: `","event_name":"` + name + `","created_at":`, fields: append(s.fields[:len(s.fields):len(s.fields)], hex("trace"))})
		}
	}
	return types
}

func text(name string, from []string) field { return field{`,"` + name + `":"`, isText, from, 0, 0} }
func number(name string, low, high uint64) field {
	return field{`,"` + name + `":`, isNumber, nil, low, high}
}
func money(name string) field   { return field{`,"` + name + `":`, isMoney, nil, 0, 0} }
func decimal(name string) field { return field{`,"` + name + `":`, isDecimal, nil, 0, 0} }
func flag(name string) field    { return field{`,"` + name + `":`, isFlag, nil, 0, 0} }
func hex(name string) field     { return field{`,"` + name + `":"`, isHex, nil, 0, 0} }
func ip(name string) field      { return field{`,"` + name + `":"`, isIP, nil, 0, 0} }

// append appends the label and a value.
func (f *field) append(dst []byte, r *random) []byte {
	dst = append(dst, f.label...)
	switch f.kind {
	case isText:
		dst = append(append(dst, pick(r, f.from)...), '"')
	case isNumber:
		dst = strconv.AppendUint(dst, r.between(f.low, f.high), 10)
	case isMoney:
		dst = appendCents(dst, r.between(100, 99999))
	case isDecimal:
		n := r.below(90_0000)
		if r.next()&1 == 0 {
			dst = append(dst, '-')
		}
		dst = appendPlaces(dst, n, 4)
	case isFlag:
		dst = strconv.AppendBool(dst, r.next()&1 == 0)
	case isHex:
		word := r.next()
		for i := range 12 {
			dst = append(dst, hexDigits[word>>(4*i)&15])
		}
		dst = append(dst, '"')
	case isIP:
		word := r.next()
		dst = strconv.AppendUint(append(dst, "203.0.113."...), 1+word&127, 10)
		dst = append(dst, '"')
	}
	return dst
}

func appendCents(dst []byte, cents uint64) []byte { return appendPlaces(dst, cents, 2) }

// appendPlaces appends n as a decimal number with its last digits after the point.
func appendPlaces(dst []byte, n uint64, places int) []byte {
	scale := uint64(1)
	for range places {
		scale *= 10
	}
	dst = append(strconv.AppendUint(dst, n/scale, 10), '.')
	for scale /= 10; scale > 0; scale /= 10 {
		dst = append(dst, '0'+byte(n/scale%10))
	}
	return dst
}
