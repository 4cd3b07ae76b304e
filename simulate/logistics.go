package simulate

import (
	"strconv"
	"time"
)

// Logistics makes the records of a logistics company: its customers, and the
// orders or consignments that they send. Its methods may be called from
// several goroutines.
type Logistics struct {
	// Seed makes the records: the same seed, the same records.
	Seed uint64
	// Customers is how many customers there are; orders belong to one of them.
	// Default 10000.
	Customers uint64
}

func (l Logistics) customers() uint64 {
	if l.Customers == 0 {
		return 10000
	}
	return l.Customers
}

// firstUserID is the userid of customer 0.
const firstUserID = 100000

// AppendCustomer appends customer index, a JSON document. Its address has two
// lines, with a newline between, and its state begins with a blank: that is
// how such records come.
func (l Logistics) AppendCustomer(dst []byte, index uint64) []byte {
	index %= l.customers()
	r := at(l.Seed, index)
	first, last, host := pick(&r, firstNames), pick(&r, lastNames), pick(&r, mailHosts)
	sex := "F"
	if r.next()&1 == 0 {
		sex = "M"
	}
	home := pick(&r, places)

	dst = append(dst, `{"userid":`...)
	dst = strconv.AppendUint(dst, firstUserID+index, 10)
	dst = append(append(append(dst, `,"username":"`...), first...), last[0])
	dst = strconv.AppendUint(dst, index, 10)
	dst = appendText(dst, `","job":"`, pick(&r, jobs))
	dst = appendText(dst, `,"company":"`, pick(&r, companies))
	dst = append(dst, `,"ssn":"`...)
	dst = strconv.AppendUint(dst, r.between(100, 999), 10)
	dst = strconv.AppendUint(append(dst, '-'), r.between(10, 99), 10)
	dst = strconv.AppendUint(append(dst, '-'), r.between(1000, 9999), 10)
	dst = appendText(dst, `","name":"`, first, " ", last)
	dst = appendText(dst, `,"sex":"`, sex)
	dst = appendText(dst, `,"mail":"`, first, ".", last, "@", host)
	dst = append(dst, `,"birthdate":"`...)
	dst = time.Unix(-946684800+int64(r.below(50*365*86400)), 0).UTC().AppendFormat(dst, time.DateOnly)
	dst = append(dst, `","address":"`...)
	dst = appendAddress(dst, &r, home, `\n`)
	dst = appendText(dst, `","state":" `, home.state)
	return append(dst, '}')
}

// AppendOrder appends order index, a JSON document, placed at a time: its
// timestamp has microseconds and no zone.
func (l Logistics) AppendOrder(dst []byte, index uint64, placed time.Time) []byte {
	r := at(l.Seed^0x6f72646572, index)
	from, to := pick(&r, places), pick(&r, places)
	revenue := r.between(2000, 90000)

	dst = append(dst, `{"consignmentid":`...)
	dst = strconv.AppendUint(dst, 1000000+index, 10)
	dst = append(dst, `,"delivery_address":"`...)
	dst = appendAddress(dst, &r, to, ", ")
	dst = appendText(dst, `","delivery_state":" `, to.state)
	dst = append(dst, `,"origin_address":"`...)
	dst = appendAddress(dst, &r, from, ", ")
	dst = appendText(dst, `","origin_state":" `, from.state)
	dst = append(dst, `,"userid":`...)
	dst = strconv.AppendUint(dst, firstUserID+r.below(l.customers()), 10)
	dst = append(dst, `,"timestamp":"`...)
	dst = placed.AppendFormat(dst, "2006-01-02T15:04:05.000000")
	dst = append(dst, `","days_to_deliver":`...)
	dst = strconv.AppendUint(dst, r.between(2, 6), 10)
	dst = append(dst, `,"delivery_distance":`...)
	dst = appendPlaces(dst, r.between(1000, 400000), 2)
	dst = append(dst, `,"revenue":`...)
	dst = appendCents(dst, revenue)
	dst = append(dst, `,"cost":`...)
	dst = appendCents(dst, revenue*r.between(40, 95)/100)
	dst = appendText(dst, `,"delay_probability":"`, pick(&r, levels))
	return append(dst, '}')
}

// AppendConsignment appends consignment index, a JSON document: what the
// company's second generation of systems sends in place of orders.
func (l Logistics) AppendConsignment(dst []byte, index uint64, placed time.Time) []byte {
	r := at(l.Seed^0x636f6e7369676e, index)
	from, to := pick(&r, places), pick(&r, places)
	days := r.between(2, 6)
	revenue := r.between(2000, 90000)

	dst = append(dst, `{"consignmentid":`...)
	dst = strconv.AppendUint(dst, 1000000+index, 10)
	dst = append(dst, `,"consignment_date":"`...)
	dst = placed.AppendFormat(dst, "2006-01-02T15:04:05.000000")
	dst = append(dst, '"')
	dst = appendEnd(dst, "destination", &r, to)
	dst = appendEnd(dst, "origin", &r, from)
	dst = append(dst, `,"userid":`...)
	dst = strconv.AppendUint(dst, firstUserID+r.below(l.customers()), 10)
	dst = append(dst, `,"delivery_date":"`...)
	dst = placed.AddDate(0, 0, int(days)).AppendFormat(dst, "2006-01-02T15:04:05.000000")
	dst = append(dst, `","days_to_deliver":`...)
	dst = strconv.AppendUint(dst, days, 10)
	dst = append(dst, `,"delivery_distance":`...)
	dst = appendPlaces(dst, r.between(1000, 400000), 2)
	dst = append(dst, `,"revenue":`...)
	dst = appendCents(dst, revenue)
	dst = append(dst, `,"cost":`...)
	dst = appendCents(dst, revenue*r.between(40, 95)/100)
	dst = appendText(dst, `,"delay_probability":"`, pick(&r, levels))
	return append(dst, '}')
}

// appendEnd appends one end of a consignment's way.
func appendEnd(dst []byte, end string, r *random, at place) []byte {
	dst = append(append(append(dst, `,"`...), end...), `_address":"`...)
	dst = appendAddress(dst, r, at, ", ")
	dst = append(append(append(dst, `","`...), end...), `_state":" `...)
	dst = append(append(dst, at.state...), '"')
	dst = append(append(append(dst, `,"`...), end...), `_lat":`...)
	dst = strconv.AppendFloat(dst, at.lat+float64(r.below(2000))/10000, 'f', 4, 64)
	dst = append(append(append(dst, `,"`...), end...), `_long":`...)
	return strconv.AppendFloat(dst, at.long+float64(r.below(2000))/10000, 'f', 4, 64)
}

// appendAddress appends an address, its second line after a separator, with no
// closing quote.
func appendAddress(dst []byte, r *random, at place, separator string) []byte {
	dst = strconv.AppendUint(dst, r.between(1, 250), 10)
	dst = append(append(dst, ' '), pick(r, streets)...)
	dst = append(append(dst, separator...), pick(r, suburbs)...)
	dst = append(append(dst, ' '), at.state...)
	return strconv.AppendUint(append(dst, ' '), r.between(1000, 8999), 10)
}

// appendText appends a label that opens a JSON string, the parts and the
// closing quote. The parts need no escaping.
func appendText(dst []byte, label string, parts ...string) []byte {
	dst = append(dst, label...)
	for _, part := range parts {
		dst = append(dst, part...)
	}
	return append(dst, '"')
}
