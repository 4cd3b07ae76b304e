package redshift

import "strings"

// createExternalSchema parses what follows CREATE EXTERNAL SCHEMA.
func (p *parser) createExternalSchema() (Statement, error) {
	s := &CreateExternalSchema{IfNotExists: p.ifNotExists(), Options: map[string]string{}}
	var err error
	if s.Name, err = p.ident(); err != nil {
		return nil, err
	}
	if err = p.expect("from"); err != nil {
		return nil, err
	}
	if s.Kind, err = p.externalKind(); err != nil {
		return nil, err
	}
	if err = p.externalClauses(s.Options); err != nil {
		return nil, err
	}
	for key, field := range map[string]*string{
		"IAM_ROLE": &s.IAMRole, "REGION": &s.Region, "AUTHENTICATION": &s.Authentication, "URI": &s.URI,
	} {
		*field = s.Options[key]
		delete(s.Options, key)
	}
	return s, nil
}

func (p *parser) externalKind() (string, error) {
	for _, kind := range [][]string{{"data", "catalog"}, {"hive", "metastore"}, {"postgres"}, {"mysql"}, {"kinesis"}, {"msk"}, {"redshift"}, {"kafka"}} {
		if p.accept(kind...) {
			return upperWords(kind), nil
		}
	}
	return "", p.unexpected()
}

// externalClauses parses the clauses that CREATE and ALTER share, in any order.
func (p *parser) externalClauses(options map[string]string) error {
	for p.tok().kind == tokWord {
		t := p.tok()
		key := strings.ToUpper(t.val)
		var value string
		var err error
		switch t.val {
		case "iam_role", "catalog_role":
			p.i++
			value, err = p.role()
		case "authentication":
			p.i++
			value, err = p.oneOf("none", "iam", "mtls")
		case "port":
			p.i++
			n := p.advance()
			if value = n.val; n.kind != tokNumber {
				err = p.unexpectedAt(n)
			}
		case "create":
			err = p.expect("create", "external", "database", "if", "not", "exists")
			key, value = "CREATE EXTERNAL DATABASE", "if not exists"
		case "database", "schema", "region", "authentication_arn", "secret_arn", "uri", "cluster_arn", "catalog_id":
			p.i++
			value, err = p.stringConst()
		default:
			return p.unexpected()
		}
		if err != nil {
			return err
		}
		if _, twice := options[key]; twice {
			return errorAt(p.src, t.pos, codeSyntax, "conflicting or redundant options: %s is given twice", key)
		}
		options[key] = value
	}
	return nil
}

// role parses default, 'SESSION', or ARNs joined by commas: the chain of
// roles. Published statements break the line between two ARNs.
func (p *parser) role() (string, error) {
	if p.accept("default") {
		return "default", nil
	}
	text, err := p.stringConst()
	return strings.Join(strings.Fields(strings.ReplaceAll(text, ",", " ")), ","), err
}

// alterExternalSchema parses what follows ALTER EXTERNAL SCHEMA.
func (p *parser) alterExternalSchema() (Statement, error) {
	s := &AlterExternalSchema{Options: map[string]string{}}
	var err error
	if s.Name, err = p.ident(); err != nil {
		return nil, err
	}
	if err = p.externalClauses(s.Options); err != nil {
		return nil, err
	}
	if len(s.Options) == 0 {
		return nil, p.unexpected()
	}
	return s, nil
}
