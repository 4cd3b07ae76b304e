package redshift

// dateParts maps Redshift's spellings of a part of a date to one word.
var dateParts = map[string]string{
	"millennium": "millennium", "millennia": "millennium", "mil": "millennium", "mils": "millennium",
	"century": "century", "centuries": "century", "c": "century", "cent": "century", "cents": "century",
	"decade": "decade", "decades": "decade", "dec": "decade", "decs": "decade",
	"epoch": "epoch",
	"year":  "year", "years": "year", "y": "year", "yr": "year", "yrs": "year",
	"quarter": "quarter", "quarters": "quarter", "qtr": "quarter", "qtrs": "quarter",
	"month": "month", "months": "month", "mon": "month", "mons": "month",
	"week": "week", "weeks": "week", "w": "week",
	"dayofweek": "dow", "dow": "dow", "dw": "dow", "weekday": "dow",
	"dayofyear": "doy", "doy": "doy", "dy": "doy", "yearday": "doy",
	"day": "day", "days": "day", "d": "day",
	"hour": "hour", "hours": "hour", "h": "hour", "hr": "hour", "hrs": "hour",
	"minute": "minute", "minutes": "minute", "m": "minute", "min": "minute", "mins": "minute",
	"second": "second", "seconds": "second", "s": "second", "sec": "second", "secs": "second",
	"millisecond": "millisecond", "milliseconds": "millisecond", "ms": "millisecond", "msec": "millisecond",
	"msecs": "millisecond", "msecond": "millisecond", "mseconds": "millisecond", "millisec": "millisecond",
	"millisecs": "millisecond", "millisecon": "millisecond",
	"microsecond": "microsecond", "microseconds": "microsecond", "microsec": "microsecond",
	"microsecs": "microsecond", "usecond": "microsecond", "useconds": "microsecond",
	"us": "microsecond", "usec": "microsecond", "usecs": "microsecond",
	"timezone": "timezone", "timezone_hour": "timezone_hour", "timezone_minute": "timezone_minute",
	"isodow": "isodow", "isoyear": "isoyear",
}

// intervalUnits are the units that may follow INTERVAL 'text'.
var intervalUnits = map[string]string{
	"year": "year", "years": "year", "month": "month", "months": "month", "week": "week", "weeks": "week",
	"day": "day", "days": "day", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute",
	"second": "second", "seconds": "second", "millisecond": "millisecond", "milliseconds": "millisecond",
	"microsecond": "microsecond", "microseconds": "microsecond", "quarter": "quarter", "decade": "decade",
}
