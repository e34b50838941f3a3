// Command generate reads which arguments of azurerm resources force a new resource out of the provider's source, and
// writes azurerm.json. No schema that Terraform prints says it.
//
//	git clone --depth 1 --branch v4.55.0 https://github.com/hashicorp/terraform-provider-azurerm
//	go run main.go -source terraform-provider-azurerm -types types.txt > ../azurerm.json
//	npx biome check --write ../azurerm.json
//
// It evaluates the schema literals of the abstract syntax tree, helper functions included. What a resource decides in
// code (CustomizeDiff) it lists under decidedInCode: azurerm-rules.ts holds a rule for each of these, by hand.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

type argument struct {
	ForceNew  bool                 `json:"forceNew,omitempty"`
	Computed  bool                 `json:"computed,omitempty"`
	Set       bool                 `json:"set,omitempty"`
	Sensitive bool                 `json:"sensitive,omitempty"`
	Default   any                  `json:"default,omitempty"`
	Block     map[string]*argument `json:"block,omitempty"`
	// attribute: computed and never set by a configuration.
	attribute bool
}

type resource struct {
	Source        string               `json:"source"`
	DecidedInCode []string             `json:"decidedInCode,omitempty"`
	Arguments     map[string]*argument `json:"arguments"`
}

type pkg struct {
	dir     string
	files   map[string]*ast.File
	funcs   map[string]*ast.FuncDecl
	methods map[string]map[string]*ast.FuncDecl
	where   map[*ast.FuncDecl]string
}

var (
	root     string
	packages = map[string]*pkg{}
	fileSet  = token.NewFileSet()
)

func load(dir string) *pkg {
	if p, ok := packages[dir]; ok {
		return p
	}
	p := &pkg{dir: dir, files: map[string]*ast.File{}, funcs: map[string]*ast.FuncDecl{}, methods: map[string]map[string]*ast.FuncDecl{}, where: map[*ast.FuncDecl]string{}}
	packages[dir] = p
	names, _ := filepath.Glob(filepath.Join(root, dir, "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fileSet, name, nil, 0)
		if err != nil {
			fail("cannot parse %s: %v", name, err)
		}
		relative, _ := filepath.Rel(root, name)
		p.files[relative] = file
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			p.where[f] = relative
			if f.Recv == nil {
				p.funcs[f.Name.Name] = f
				continue
			}
			receiver := typeName(f.Recv.List[0].Type)
			if p.methods[receiver] == nil {
				p.methods[receiver] = map[string]*ast.FuncDecl{}
			}
			p.methods[receiver][f.Name.Name] = f
		}
	}
	return p
}

func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// importDir finds the folder behind a package name in one file.
func importDir(file *ast.File, name string) string {
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		base := filepath.Base(path)
		if spec.Name != nil {
			base = spec.Name.Name
		}
		if base != name {
			continue
		}
		if own := "github.com/hashicorp/terraform-provider-azurerm/"; strings.HasPrefix(path, own) {
			return strings.TrimPrefix(path, own)
		}
		return filepath.Join("vendor", path)
	}
	return ""
}

// scope is where an expression stands: its package, its file, and the local variables before it.
type scope struct {
	pkg    *pkg
	file   *ast.File
	locals map[string]ast.Expr
	maps   map[string]map[string]*argument
	// bound holds the schema maps that a method was called with.
	bound map[string]map[string]*argument
}

func (s scope) fileOf(f *ast.FuncDecl) *ast.File { return s.pkg.files[s.pkg.where[f]] }

// schemaMap evaluates an expression that stands for map[string]*Schema.
func (s scope) schemaMap(e ast.Expr) map[string]*argument {
	switch x := e.(type) {
	case *ast.Ident:
		if m, ok := s.maps[x.Name]; ok {
			return m
		}
		if local, ok := s.locals[x.Name]; ok {
			return s.schemaMap(local)
		}
	case *ast.CompositeLit:
		result := map[string]*argument{}
		for _, element := range x.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			if name, err := strconv.Unquote(text(pair.Key)); err == nil {
				if a := s.schema(pair.Value); a == nil || !a.attribute {
					result[name] = a
				}
			}
		}
		return result
	case *ast.CallExpr:
		return call(s, x, scope.mapResult)
	}
	return nil
}

// schema evaluates an expression that stands for *Schema.
func (s scope) schema(e ast.Expr) *argument {
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return s.schema(x.X)
	case *ast.Ident:
		if local, ok := s.locals[x.Name]; ok {
			return s.schema(local)
		}
	case *ast.CompositeLit:
		a, settable := &argument{}, false
		for _, element := range x.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			value := text(pair.Value)
			switch text(pair.Key) {
			case "ForceNew":
				a.ForceNew = value == "true"
			case "Computed":
				a.Computed = value == "true"
			case "Sensitive":
				a.Sensitive = value == "true"
			case "Type":
				a.Set = strings.HasSuffix(value, "TypeSet")
			case "Default":
				a.Default = s.literal(pair.Value)
			case "Optional", "Required":
				settable = settable || value == "true"
			case "Elem":
				a.Block = s.block(pair.Value)
			}
		}
		a.attribute = a.Computed && !settable
		return a
	case *ast.CallExpr:
		return call(s, x, scope.schemaResult)
	}
	return nil
}

// block evaluates Elem: the arguments of a nested block, nil for a list of scalars.
func (s scope) block(e ast.Expr) map[string]*argument {
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return s.block(x.X)
	case *ast.Ident:
		if local, ok := s.locals[x.Name]; ok {
			return s.block(local)
		}
	case *ast.CompositeLit:
		for _, element := range x.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok && text(pair.Key) == "Schema" {
				return s.schemaMap(pair.Value)
			}
		}
	case *ast.CallExpr:
		return call(s, x, func(s scope, f *ast.FuncDecl) map[string]*argument {
			var result map[string]*argument
			eachReturn(f.Body, func(r ast.Expr) { result = s.block(r) })
			return result
		})
	}
	return nil
}

func call[T any](s scope, x *ast.CallExpr, result func(scope, *ast.FuncDecl) T) T {
	var none T
	switch f := x.Fun.(type) {
	case *ast.FuncLit:
		return result(s, &ast.FuncDecl{Body: f.Body})
	case *ast.Ident:
		if declared, ok := s.pkg.funcs[f.Name]; ok {
			return result(scope{pkg: s.pkg, file: s.fileOf(declared)}, declared)
		}
	case *ast.SelectorExpr:
		if name, ok := f.X.(*ast.Ident); ok {
			if dir := importDir(s.file, name.Name); dir != "" {
				other := load(dir)
				if declared, ok := other.funcs[f.Sel.Name]; ok {
					return result(scope{pkg: other, file: other.files[other.where[declared]]}, declared)
				}
			}
		}
		for _, methods := range s.pkg.methods {
			if declared, ok := methods[f.Sel.Name]; ok && f.Sel.Name != "Arguments" {
				inner := scope{pkg: s.pkg, file: s.fileOf(declared), bound: map[string]map[string]*argument{}}
				for i, parameter := range declared.Type.Params.List {
					if i < len(x.Args) && len(parameter.Names) > 0 {
						inner.bound[parameter.Names[0].Name] = s.schemaMap(x.Args[i])
					}
				}
				return result(inner, declared)
			}
		}
	}
	return none
}

func (s scope) mapResult(f *ast.FuncDecl) map[string]*argument {
	s.locals, s.maps = map[string]ast.Expr{}, map[string]map[string]*argument{}
	for name, m := range s.bound {
		s.maps[name] = m
	}
	var result map[string]*argument
	s.walk(f.Body.List, func(r ast.Expr) { result = s.schemaMap(r) })
	return result
}

func (s scope) schemaResult(f *ast.FuncDecl) *argument {
	s.locals, s.maps = map[string]ast.Expr{}, map[string]map[string]*argument{}
	var result *argument
	s.walk(f.Body.List, func(r ast.Expr) { result = s.schema(r) })
	return result
}

// walk runs the statements that provider 4 runs: blocks for the next major version are skipped.
func (s scope) walk(statements []ast.Stmt, result func(ast.Expr)) {
	for _, statement := range statements {
		switch x := statement.(type) {
		case *ast.AssignStmt:
			for i, left := range x.Lhs {
				if i >= len(x.Rhs) {
					break
				}
				s.assign(left, x.Rhs[i])
			}
		case *ast.IfStmt:
			switch condition := text(x.Cond); {
			case strings.HasPrefix(condition, "!features.Five"):
				s.walk(x.Body.List, result)
			case strings.HasPrefix(condition, "features.Five"):
				if block, ok := x.Else.(*ast.BlockStmt); ok {
					s.walk(block.List, result)
				}
			}
		case *ast.RangeStmt:
			// for k, v := range other() { m[k] = v }
			if added := s.schemaMap(x.X); added != nil && len(x.Body.List) == 1 {
				if assignment, ok := x.Body.List[0].(*ast.AssignStmt); ok {
					if index, ok := assignment.Lhs[0].(*ast.IndexExpr); ok {
						for name, a := range added {
							s.maps[text(index.X)][name] = a
						}
					}
				}
			}
		case *ast.ReturnStmt:
			if len(x.Results) > 0 {
				result(x.Results[0])
			}
		}
	}
}

func (s scope) assign(left, right ast.Expr) {
	switch target := left.(type) {
	case *ast.Ident:
		if composite, ok := right.(*ast.CompositeLit); ok && strings.HasPrefix(text(composite.Type), "map[string]*") {
			s.maps[target.Name] = s.schemaMap(right)
			return
		}
		if m := s.schemaMap(right); m != nil {
			s.maps[target.Name] = m
			return
		}
		s.locals[target.Name] = right
	case *ast.IndexExpr:
		if m, ok := s.maps[text(target.X)]; ok {
			if name, err := strconv.Unquote(text(target.Index)); err == nil {
				m[name] = s.schema(right)
			}
		}
	case *ast.SelectorExpr:
		// m["x"].Field = value, and s.Schema["x"] = value through resource.Schema
		if index, ok := target.X.(*ast.IndexExpr); ok {
			if m, ok := s.maps[text(index.X)]; ok {
				name, _ := strconv.Unquote(text(index.Index))
				if a := m[name]; a != nil {
					switch target.Sel.Name {
					case "ForceNew":
						a.ForceNew = text(right) == "true"
					case "Computed":
						a.Computed = text(right) == "true"
					case "Default":
						a.Default = s.literal(right)
					}
				}
			}
		}
	}
}

// literal gives a default as JSON, or nil for one that only a constant of the SDK says; strings of constants end in
// the value in this SDK's naming, which is no proof, so they are left out.
func (s scope) literal(e ast.Expr) any {
	t := text(e)
	if value, err := strconv.Unquote(t); err == nil {
		return value
	}
	if value, err := strconv.ParseBool(t); err == nil {
		return value
	}
	if value, err := strconv.ParseFloat(t, 64); err == nil {
		return value
	}
	return s.constant(e)
}

// constant looks the value of string(package.Name) up in the package's sources.
func (s scope) constant(e ast.Expr) any {
	if conversion, ok := e.(*ast.CallExpr); ok && len(conversion.Args) == 1 {
		return s.constant(conversion.Args[0])
	}
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	dir := importDir(s.file, text(selector.X))
	if dir == "" {
		return nil
	}
	for _, file := range load(dir).files {
		for _, d := range file.Decls {
			general, ok := d.(*ast.GenDecl)
			if !ok || general.Tok != token.CONST {
				continue
			}
			for _, spec := range general.Specs {
				value := spec.(*ast.ValueSpec)
				if value.Names[0].Name == selector.Sel.Name && len(value.Values) == 1 {
					if unquoted, err := strconv.Unquote(text(value.Values[0])); err == nil {
						return unquoted
					}
				}
			}
		}
	}
	return nil
}

func eachReturn(body *ast.BlockStmt, visit func(ast.Expr)) {
	for _, statement := range body.List {
		if r, ok := statement.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			visit(r.Results[0])
		}
	}
}

func text(n ast.Node) string {
	if n == nil {
		return ""
	}
	position := fileSet.Position(n.Pos())
	end := fileSet.Position(n.End())
	source, err := os.ReadFile(position.Filename)
	if err != nil {
		return ""
	}
	return string(source[position.Offset:end.Offset])
}

var forcedInCode = regexp.MustCompile(`ForceNew(?:If\w*)?\(\s*"([^"]+)"`)

// decided lists the arguments that a CustomizeDiff forces new, and "?" where it forces them in a way this cannot read.
func decided(p *pkg, body string) []string {
	found := map[string]bool{}
	for _, match := range forcedInCode.FindAllStringSubmatch(body, -1) {
		found[match[1]] = true
	}
	if strings.Contains(body, "ForceNew(") && len(found) == 0 {
		found["?"] = true
	}
	names := []string{}
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// customizeDiff gathers the text of everything that CustomizeDiff calls in the package, one level deep.
func customizeDiff(p *pkg, body *ast.BlockStmt) string {
	gathered := ""
	ast.Inspect(body, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok || text(pair.Key) != "CustomizeDiff" {
			return true
		}
		gathered += withCallees(p, pair.Value)
		return true
	})
	return gathered
}

func withCallees(p *pkg, n ast.Node) string {
	gathered := text(n)
	ast.Inspect(n, func(inner ast.Node) bool {
		if name, ok := inner.(*ast.Ident); ok {
			if f, ok := p.funcs[name.Name]; ok {
				gathered += text(f)
			}
		}
		return true
	})
	return gathered
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func read(types map[string]bool) map[string]*resource {
	result := map[string]*resource{}
	dirs, _ := filepath.Glob(filepath.Join(root, "internal/services/*"))
	for _, dir := range dirs {
		relative, _ := filepath.Rel(root, dir)
		p := load(relative)
		// Untyped resources: "azurerm_x": resourceX() in the registration.
		for path, file := range p.files {
			if filepath.Base(path) != "registration.go" {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				pair, ok := n.(*ast.KeyValueExpr)
				if !ok {
					return true
				}
				name, err := strconv.Unquote(text(pair.Key))
				invoked, isCall := pair.Value.(*ast.CallExpr)
				if err != nil || !isCall || !types[name] || result[name] != nil {
					return true
				}
				f := p.funcs[text(invoked.Fun)]
				if f == nil || strings.HasPrefix(f.Name.Name, "dataSource") {
					return true
				}
				s := scope{pkg: p, file: p.files[p.where[f]], locals: map[string]ast.Expr{}, maps: map[string]map[string]*argument{}}
				var arguments map[string]*argument
				ast.Inspect(f.Body, func(n ast.Node) bool {
					pair, ok := n.(*ast.KeyValueExpr)
					if ok && text(pair.Key) == "Schema" && arguments == nil {
						arguments = s.schemaMap(pair.Value)
						return false
					}
					return true
				})
				// resource.Schema["x"] = … after the literal, for what this major version adds.
				s.maps["resource.Schema"], s.maps["r.Schema"], s.maps["out.Schema"] = arguments, arguments, arguments
				s.walk(f.Body.List, func(ast.Expr) {})
				result[name] = &resource{Source: p.where[f], Arguments: arguments, DecidedInCode: decided(p, customizeDiff(p, f.Body))}
				return true
			})
		}
		// Typed resources: a ResourceType method that returns the name.
		for _, methods := range p.methods {
			f := methods["ResourceType"]
			if f == nil || methods["Arguments"] == nil || methods["Create"] == nil {
				continue
			}
			eachReturn(f.Body, func(r ast.Expr) {
				name, err := strconv.Unquote(text(r))
				if err != nil {
					if constant, ok := r.(*ast.Ident); ok {
						name = packageConstant(p, constant.Name)
					}
				}
				if !types[name] {
					return
				}
				declared := methods["Arguments"]
				s := scope{pkg: p, file: p.files[p.where[declared]]}
				code := ""
				if c := methods["CustomizeDiff"]; c != nil {
					code = withCallees(p, c.Body)
				}
				result[name] = &resource{Source: p.where[declared], Arguments: s.mapResult(declared), DecidedInCode: decided(p, code)}
			})
		}
	}
	return result
}

func packageConstant(p *pkg, name string) string {
	for _, file := range p.files {
		for _, d := range file.Decls {
			general, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].Name == name && len(v.Values) == 1 {
					value, _ := strconv.Unquote(text(v.Values[0]))
					return value
				}
			}
		}
	}
	return ""
}

func main() {
	source := flag.String("source", "", "checkout of terraform-provider-azurerm at the pinned version")
	list := flag.String("types", "", "file with one resource type a line")
	flag.Parse()
	root = *source
	content, err := os.ReadFile(*list)
	if err != nil {
		fail("cannot read the list of types: %v", err)
	}
	types := map[string]bool{}
	for _, line := range strings.Fields(string(content)) {
		types[line] = true
	}
	result := read(types)
	for name := range types {
		if result[name] == nil {
			fail("the provider has no such type, or this program cannot read it, got: %s", name)
		}
		for argument, a := range result[name].Arguments {
			if a == nil {
				fail("%s: cannot read the schema of an argument, got: %s", name, argument)
			}
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(result); err != nil {
		fail("%v", err)
	}
}
