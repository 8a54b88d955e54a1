//! The crate's own sources, read: functions, types, who calls whom, and who reaches the kernel.
//!
//! Parsed with syn, because a scanner of our own would have to know strings, nested comments, macros and
//! attributes before it could be trusted with the question whether a table is missing. syn comes without its
//! derive half: three small packages, none of which the library sees.
//!
//! Calls are resolved by name, with what types are written down to help: `self`, fields, parameters. Where that
//! is not enough, a method call means every method of that name with as many arguments. So an answer errs on the
//! side of "reaches", and `exceptions.txt` says where it is known to be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// One file under src/.
pub struct Source {
    /// Relative to src/, as in `pipe/raw.rs`.
    pub path: String,
    pub text: String,
    pub file: syn::File,
}

/// A function with or without a body.
#[derive(Clone)]
pub struct Function {
    pub path: String,
    pub line: usize,
    /// The type that an `impl` is for, or the trait that declares it.
    pub owner: Option<String>,
    /// That `impl` is for `&Type`.
    pub of_reference: bool,
    /// The trait of an `impl Trait for Type`.
    pub of_trait: Option<String>,
    /// Declared in a trait.
    pub in_trait: bool,
    pub has_body: bool,
    pub takes_self: bool,
    /// Without `self`.
    pub arity: usize,
    pub name: String,
    pub public: bool,
    pub docs: String,
    pub calls: Vec<Callee>,
}

/// A struct or an enum.
#[derive(Clone)]
pub struct Type {
    pub path: String,
    pub line: usize,
    pub name: String,
    pub public: bool,
    pub docs: String,
    /// `C`, `transparent`, `u8`…
    pub repr: Option<String>,
    pub fields: Vec<(String, String)>,
}

/// What a body names.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A path, with `use` and `Self` resolved.
    Path(Vec<String>),
    /// A method; the receiver's type where it is written down.
    Method { receiver: Option<String>, name: String, arity: usize },
    /// `asm!`.
    Asm,
}

pub struct Model {
    pub functions: Vec<Function>,
    pub types: Vec<Type>,
    /// (type, trait)
    pub impls: BTreeSet<(String, String)>,
    /// Traits declared here, and whether they are public.
    pub traits: BTreeMap<String, bool>,
    /// `macro_rules!` that make public functions, which nobody can read from here.
    pub opaque_macros: Vec<String>,
}

/// The root of the package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of src/, in order of path, without those of the unit tests.
pub fn sources() -> Vec<Source> {
    let files = files();
    let sources: Vec<Source> = files.iter().map(|(path, text)| source(path, text)).collect();
    let tests: BTreeSet<String> = files.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let of_tests =
        |path: &str| tests.iter().any(|t| path.strip_prefix(t.as_str()).is_some_and(is_module_end));
    sources.into_iter().filter(|s| !of_tests(&s.path)).collect()
}

/// Path below src/ and text of every file there.
pub fn files() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    // A crate of its own, which the compiler holds to what is public here.
    paths.retain(|path| !path.starts_with(src.join("capi")));
    paths.sort();
    let name = |p: &PathBuf| p.strip_prefix(&src).unwrap().to_str().unwrap().to_string();
    paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}

/// `#[cfg(test)] mod tests;` in `pipe.rs` → `pipe/tests`.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
    let inside = match path.trim_end_matches(".rs").trim_end_matches("mod") {
        "lib" => String::new(),
        dir => format!("{}/", dir.trim_end_matches('/')),
    };
    let module = |item: &syn::Item| match item {
        syn::Item::Mod(m) if m.content.is_none() && is_test(item) => Some(format!("{inside}{}", m.ident)),
        _ => None,
    };
    file.items.iter().filter_map(module).collect()
}

fn is_module_end(rest: &str) -> bool {
    rest == ".rs" || rest.starts_with('/')
}

/// A file that is given as text: the known-bad twins are made of these.
pub fn source(path: &str, text: &str) -> Source {
    let mut file = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
    file.items.retain(|item| !is_test(item));
    Source { path: path.into(), text: text.into(), file }
}

fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn is_test(item: &syn::Item) -> bool {
    item_attrs(item).iter().any(|a| {
        let text = tokens_of(a).to_string().replace(' ', "");
        a.path().is_ident("cfg")
            && (matches!(text.as_str(), "test" | "fuzzing") || text.starts_with("all(test,"))
    })
}

fn tokens_of(attr: &syn::Attribute) -> TokenStream {
    match &attr.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

fn item_attrs(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::ExternCrate(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Union(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// `pipe/raw.rs` belongs to `pipe`, `lib.rs` to `lib`.
pub fn top_module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

impl Function {
    /// `pipe::ReadEnd::read`, `pipe::pair`.
    pub fn key(&self) -> String {
        let module = top_module(&self.path);
        match &self.owner {
            Some(owner) if self.of_reference => format!("{module}::&{owner}::{}", self.name),
            Some(owner) => format!("{module}::{owner}::{}", self.name),
            None => format!("{module}::{}", self.name),
        }
    }

    pub fn place(&self) -> String {
        format!("src/{}:{}", self.path, self.line)
    }
}

impl Type {
    pub fn key(&self) -> String {
        format!("{}::{}", top_module(&self.path), self.name)
    }
}

impl Model {
    pub fn new(sources: &[Source]) -> Model {
        let mut model = Model {
            functions: vec![],
            types: vec![],
            impls: BTreeSet::new(),
            traits: BTreeMap::new(),
            opaque_macros: vec![],
        };
        for s in sources {
            Reader { model: &mut model, path: &s.path, uses: uses(s) }.items(&s.file.items);
        }
        let fields: BTreeMap<(String, String), String> = model
            .types
            .iter()
            .flat_map(|t| t.fields.iter().map(|(f, ty)| ((t.name.clone(), f.clone()), ty.clone())))
            .collect();
        // `self.field` was noted as `Type.field`; now that all fields are known, say its type.
        for f in &mut model.functions {
            for c in &mut f.calls {
                if let Callee::Method { receiver: Some(r), .. } = c {
                    if r.contains('.') {
                        let mut parts = r.split('.').map(String::from);
                        let first = parts.next().unwrap();
                        let ty = parts.try_fold(first, |t, f| fields.get(&(t, f)).cloned());
                        *c = match (c.clone(), ty) {
                            (Callee::Method { name, arity, .. }, receiver) => {
                                Callee::Method { receiver, name, arity }
                            }
                            (other, _) => other,
                        };
                    }
                }
            }
        }
        // Nobody outside sees what is implemented for a private type, or of a private trait.
        let types = &model.types;
        let is_public = |f: &Function| {
            let mut named = types.iter().filter(|t| Some(&t.name) == f.owner.as_ref());
            let here = named.clone().find(|t| top_module(&t.path) == top_module(&f.path));
            here.or(named.next()).is_none_or(|t| t.public)
        };
        for f in &mut model.functions {
            let of_trait = f.of_trait.as_ref().and_then(|t| model.traits.get(t)).copied();
            f.public &= is_public(f) && of_trait.unwrap_or(true);
        }
        model
    }

    /// For each function that reaches the kernel, by index: one way in which it does.
    pub fn reaching(&self) -> BTreeMap<usize, String> {
        let mut why: BTreeMap<usize, String> = BTreeMap::new();
        loop {
            let before = why.len();
            for (i, f) in self.functions.iter().enumerate() {
                if why.contains_key(&i) {
                    continue;
                }
                let way = f.calls.iter().find_map(|c| self.way(f, c, &why)).or_else(|| {
                    // Declared only: as its implementations do.
                    let mut of = self.functions.iter().enumerate();
                    let declared = f.in_trait && !f.has_body;
                    of.find(|(j, g)| {
                        declared && g.of_trait == f.owner && g.name == f.name && why.contains_key(j)
                    })
                    .map(|(_, g)| format!("in {}", g.key()))
                });
                if let Some(way) = way {
                    why.insert(i, way);
                }
            }
            if why.len() == before {
                return why;
            }
        }
    }

    fn way(&self, caller: &Function, callee: &Callee, why: &BTreeMap<usize, String>) -> Option<String> {
        if let Some(name) = kernel_call(callee) {
            return Some(name);
        }
        let found = self.resolve(caller, callee);
        let i = found.into_iter().find(|i| why.contains_key(i))?;
        Some(format!("{} > {}", self.functions[i].key(), why[&i]))
    }

    /// The functions that a callee may be.
    fn resolve(&self, caller: &Function, callee: &Callee) -> Vec<usize> {
        let all = || self.functions.iter().enumerate();
        let only = |keep: &dyn Fn(&Function) -> bool| -> Vec<usize> {
            all().filter(|(_, f)| keep(f)).map(|(i, _)| i).collect()
        };
        match callee {
            Callee::Asm => vec![],
            Callee::Path(path) => {
                let Some((name, before)) = path.split_last() else { return vec![] };
                match before.last() {
                    None => only(&|f| &f.name == name && f.owner.is_none() && f.path == caller.path),
                    Some(q) if q.starts_with(char::is_uppercase) => {
                        only(&|f| &f.name == name && f.owner.as_ref() == Some(q))
                    }
                    Some(q) => only(&|f| {
                        let inside = f.path.trim_end_matches(".rs").split('/').any(|part| part == q);
                        &f.name == name && f.owner.is_none() && (inside || q == "self" || q == "super")
                    }),
                }
            }
            Callee::Method { receiver, name, arity } => {
                let named = |f: &Function| &f.name == name && f.takes_self && f.arity == *arity;
                if let Some(ty) = receiver {
                    let of_type = only(&|f| named(f) && f.owner.as_ref() == Some(ty));
                    if !of_type.is_empty() {
                        return of_type;
                    }
                    let defaults = only(&|f| {
                        let of = f.owner.clone().unwrap_or_default();
                        named(f) && f.in_trait && self.impls.contains(&(ty.clone(), of))
                    });
                    if !defaults.is_empty() {
                        return defaults;
                    }
                    if self.types.iter().any(|t| &t.name == ty) {
                        return vec![]; // one of our types, without such a method: somebody else's trait
                    }
                }
                only(&named)
            }
        }
    }

    /// Types that close or unmap something when they are dropped, themselves or by a field.
    pub fn dropping(&self) -> BTreeSet<String> {
        let mut found: BTreeSet<String> =
            self.impls.iter().filter(|(_, t)| t == "Drop").map(|(ty, _)| ty.clone()).collect();
        loop {
            let more: Vec<_> = self
                .types
                .iter()
                .filter(|t| !found.contains(&t.name) && t.fields.iter().any(|(_, ty)| found.contains(ty)))
                .map(|t| t.name.clone())
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}

/// Whether this callee is itself a syscall: a function of a module of rustix, or asm.
fn kernel_call(callee: &Callee) -> Option<String> {
    // These answer from their arguments alone.
    const PURE: &[&str] = &["makedev", "major", "minor"];
    let Callee::Path(path) = callee else {
        return (*callee == Callee::Asm).then(|| "asm!".into());
    };
    let lower = |s: &String| s.starts_with(|c: char| c.is_lowercase());
    let [first, .., module, name] = path.as_slice() else { return None };
    let kernel = match first.as_str() {
        "rustix" => lower(module) && lower(name) && !PURE.contains(&name.as_str()),
        "libc" => lower(name),
        _ => false,
    };
    kernel.then(|| path.join("::"))
}

/// What the names of a file stand for, by its `use` lines.
pub fn uses(s: &Source) -> BTreeMap<String, Vec<String>> {
    struct Uses(BTreeMap<String, Vec<String>>);
    impl<'ast> Visit<'ast> for Uses {
        fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
            for (name, path) in flatten(&item.tree) {
                self.0.insert(name, path);
            }
        }
    }
    let mut uses = Uses(BTreeMap::new());
    uses.visit_file(&s.file);
    uses.0
}

/// `a::{b, c as d}` → (b, [a, b]), (d, [a, c]).
pub fn flatten(tree: &syn::UseTree) -> Vec<(String, Vec<String>)> {
    fn go(tree: &syn::UseTree, before: &[String], out: &mut Vec<(String, Vec<String>)>) {
        let with = |name: &syn::Ident| {
            let mut path = before.to_vec();
            if name != "self" {
                path.push(name.to_string());
            }
            path
        };
        match tree {
            syn::UseTree::Path(p) => go(&p.tree, &with(&p.ident), out),
            syn::UseTree::Name(n) => {
                let path = with(&n.ident);
                out.push((path.last().cloned().unwrap_or_default(), path));
            }
            syn::UseTree::Rename(r) => out.push((r.rename.to_string(), with(&r.ident))),
            syn::UseTree::Glob(_) => {
                let mut path = before.to_vec();
                path.push("*".into());
                out.push((path.join("::"), path));
            }
            syn::UseTree::Group(g) => g.items.iter().for_each(|t| go(t, before, out)),
        }
    }
    let mut out = Vec::new();
    go(tree, &[], &mut out);
    out
}

struct Reader<'a> {
    model: &'a mut Model,
    path: &'a str,
    uses: BTreeMap<String, Vec<String>>,
}

impl Reader<'_> {
    fn items(&mut self, items: &[syn::Item]) {
        for item in items.iter().filter(|i| !is_test(i)) {
            match item {
                syn::Item::Fn(f) => {
                    let public = is_public(&f.vis);
                    self.function(&f.sig, Some(&f.block), &f.attrs, public, None, None, false);
                }
                syn::Item::Impl(i) => self.implementation(i),
                syn::Item::Trait(t) => self.declaration(t),
                syn::Item::Struct(s) => {
                    self.type_of(&s.ident, &s.attrs, &s.vis, s.fields.iter());
                }
                syn::Item::Enum(e) => {
                    self.type_of(&e.ident, &e.attrs, &e.vis, e.variants.iter().flat_map(|v| &v.fields));
                }
                syn::Item::Mod(m) => self.items(m.content.as_ref().map_or(&[], |(_, items)| items)),
                syn::Item::Macro(m) if m.mac.path.is_ident("macro_rules") => {
                    let text = m.mac.tokens.to_string();
                    if text.contains("pub fn") || text.contains(" fn ") && text.contains("impl") {
                        let name = m.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                        self.model.opaque_macros.push(format!("{}::{name}", top_module(self.path)));
                    }
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, i: &syn::ItemImpl) {
        let owner = type_name(&i.self_ty).unwrap_or_default();
        let of_reference = matches!(&*i.self_ty, syn::Type::Reference(_));
        let of_trait = impl_trait(i);
        if let Some(t) = &of_trait {
            self.model.impls.insert((owner.clone(), t.clone()));
        }
        for item in &i.items {
            if let syn::ImplItem::Fn(f) = item {
                let public = of_trait.is_some() || is_public(&f.vis);
                let owner = Some(owner.clone());
                self.function(&f.sig, Some(&f.block), &f.attrs, public, owner, of_trait.clone(), false);
                if let Some(last) = self.model.functions.last_mut() {
                    last.of_reference = of_reference;
                }
            }
        }
    }

    fn declaration(&mut self, t: &syn::ItemTrait) {
        self.model.traits.insert(t.ident.to_string(), is_public(&t.vis));
        for item in &t.items {
            if let syn::TraitItem::Fn(f) = item {
                let owner = Some(t.ident.to_string());
                let public = is_public(&t.vis);
                self.function(&f.sig, f.default.as_ref(), &f.attrs, public, owner, None, true);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a function are where they are")]
    fn function(
        &mut self,
        sig: &syn::Signature,
        block: Option<&syn::Block>,
        attrs: &[syn::Attribute],
        public: bool,
        owner: Option<String>,
        of_trait: Option<String>,
        in_trait: bool,
    ) {
        let mut params = BTreeMap::new();
        for input in &sig.inputs {
            if let syn::FnArg::Typed(p) = input {
                if let (syn::Pat::Ident(name), Some(ty)) = (&*p.pat, type_name(&p.ty)) {
                    params.insert(name.ident.to_string(), ty);
                }
            }
        }
        let takes_self = matches!(sig.inputs.first(), Some(syn::FnArg::Receiver(_)));
        let mut body = Body { calls: vec![], uses: &self.uses, owner: owner.as_deref(), params };
        if let Some(block) = block {
            body.visit_block(block);
        }
        let calls = body.calls;
        self.model.functions.push(Function {
            path: self.path.into(),
            line: sig.ident.span().start().line,
            owner,
            of_reference: false,
            of_trait,
            in_trait,
            has_body: block.is_some(),
            takes_self,
            arity: sig.inputs.len() - usize::from(takes_self),
            name: sig.ident.to_string(),
            public,
            docs: docs(attrs),
            calls,
        });
    }

    fn type_of<'f>(
        &mut self,
        ident: &syn::Ident,
        attrs: &[syn::Attribute],
        vis: &syn::Visibility,
        fields: impl Iterator<Item = &'f syn::Field>,
    ) {
        let named = |(i, f): (usize, &syn::Field)| {
            let name = f.ident.as_ref().map_or(i.to_string(), ToString::to_string);
            (name, type_name(&f.ty).unwrap_or_default())
        };
        let repr = attrs.iter().find(|a| a.path().is_ident("repr"));
        self.model.types.push(Type {
            path: self.path.into(),
            line: ident.span().start().line,
            name: ident.to_string(),
            public: is_public(vis),
            docs: docs(attrs),
            repr: repr.map(|a| tokens_of(a).to_string()),
            fields: fields.enumerate().map(named).collect(),
        });
    }
}

/// The trait of an impl, by its last name.
fn impl_trait(i: &syn::ItemImpl) -> Option<String> {
    let (of, _) = i.trait_.as_ref()?;
    of.segments.last().map(|s| s.ident.to_string())
}

fn is_public(vis: &syn::Visibility) -> bool {
    matches!(vis, syn::Visibility::Public(_))
}

/// The last name of a type, through references and wrappers that do not matter here.
fn type_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Reference(r) => type_name(&r.elem),
        syn::Type::Paren(p) => type_name(&p.elem),
        syn::Type::Path(p) => {
            let last = p.path.segments.last()?;
            let inner = match &last.arguments {
                syn::PathArguments::AngleBracketed(a) => a.args.iter().find_map(|a| match a {
                    syn::GenericArgument::Type(t) => type_name(t),
                    _ => None,
                }),
                _ => None,
            };
            match last.ident.to_string().as_str() {
                "Option" | "ManuallyDrop" | "Cell" => inner,
                name => Some(name.into()),
            }
        }
        _ => None,
    }
}

fn docs(attrs: &[syn::Attribute]) -> String {
    let mut text = String::new();
    for a in attrs.iter().filter(|a| a.path().is_ident("doc")) {
        if let syn::Meta::NameValue(nv) = &a.meta {
            if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) = &nv.value {
                let line = s.value();
                text.push_str(line.strip_prefix(' ').unwrap_or(&line));
                text.push('\n');
            }
        }
    }
    text
}

struct Body<'a> {
    calls: Vec<Callee>,
    uses: &'a BTreeMap<String, Vec<String>>,
    owner: Option<&'a str>,
    params: BTreeMap<String, String>,
}

impl Body<'_> {
    fn path(&mut self, segments: Vec<String>) {
        let Some(first) = segments.first() else { return };
        let mut whole = match first.as_str() {
            "Self" => self.owner.map(|o| vec![o.to_string()]).unwrap_or_default(),
            name => self.uses.get(name).cloned().unwrap_or_else(|| vec![name.to_string()]),
        };
        whole.extend(segments.iter().skip(1).cloned());
        // A local variable is no call.
        match whole.as_slice() {
            [] => {}
            [one] if self.params.contains_key(one) => {}
            _ => self.calls.push(Callee::Path(whole)),
        }
    }

    /// The type of a receiver as far as it is written down; `Type.field` is resolved once all types are read.
    fn receiver(&self, e: &syn::Expr) -> Option<String> {
        match e {
            syn::Expr::Path(p) if p.path.is_ident("self") => self.owner.map(String::from),
            syn::Expr::Path(p) => p.path.get_ident().and_then(|i| self.params.get(&i.to_string()).cloned()),
            syn::Expr::Field(f) => {
                let name = match &f.member {
                    syn::Member::Named(n) => n.to_string(),
                    syn::Member::Unnamed(i) => i.index.to_string(),
                };
                self.receiver(&f.base).map(|base| format!("{base}.{name}"))
            }
            syn::Expr::Reference(r) => self.receiver(&r.expr),
            syn::Expr::Paren(p) => self.receiver(&p.expr),
            _ => None,
        }
    }

    /// A macro's arguments are tokens: every name in front of parentheses is taken for a call.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, t) in tokens.iter().enumerate() {
            match (t, tokens.get(i + 1)) {
                (TokenTree::Ident(name), Some(TokenTree::Group(g)))
                    if g.delimiter() == proc_macro2::Delimiter::Parenthesis =>
                {
                    let after_dot =
                        i > 0 && matches!(&tokens[i - 1], TokenTree::Punct(p) if p.as_char() == '.');
                    if after_dot {
                        let commas = g
                            .stream()
                            .into_iter()
                            .filter(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','));
                        let arity = if g.stream().is_empty() { 0 } else { commas.count() + 1 };
                        self.calls.push(Callee::Method { receiver: None, name: name.to_string(), arity });
                    } else {
                        let mut path = vec![name.to_string()];
                        let mut at = i;
                        while at >= 3 && matches!(&tokens[at - 1], TokenTree::Punct(p) if p.as_char() == ':')
                        {
                            let TokenTree::Ident(before) = &tokens[at - 3] else { break };
                            path.insert(0, before.to_string());
                            at -= 3;
                        }
                        self.path(path);
                    }
                }
                _ => {}
            }
            if let TokenTree::Group(g) = t {
                self.tokens(g.stream());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Body<'_> {
    fn visit_expr_path(&mut self, e: &'ast syn::ExprPath) {
        self.path(e.path.segments.iter().map(|s| s.ident.to_string()).collect());
        visit::visit_expr_path(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'ast syn::ExprMethodCall) {
        let receiver = self.receiver(&e.receiver);
        let name = e.method.to_string();
        self.calls.push(Callee::Method { receiver, name, arity: e.args.len() });
        visit::visit_expr_method_call(self, e);
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        if m.path.segments.last().is_some_and(|s| s.ident == "asm") {
            self.calls.push(Callee::Asm);
        }
        self.tokens(m.tokens.clone());
    }
}

/// The committed exceptions of one rule: key → reason. Each has a reason, or the file is not valid.
pub fn exceptions(rule: &str) -> BTreeMap<String, String> {
    let path = root().join("tests/house/exceptions.txt");
    let text = fs::read_to_string(&path).unwrap();
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (head, reason) = line.split_once(" — ").unwrap_or_else(|| panic!("no reason: {line}"));
        let (of, key) = head.split_once(' ').unwrap_or_else(|| panic!("no key: {line}"));
        if of == rule {
            found.insert(key.trim().to_string(), reason.to_string());
        }
    }
    found
}

/// Takes the excepted ones out of `found`; an exception that excepts nothing is itself a finding.
pub fn except(rule: &str, found: Vec<(String, String)>) -> Vec<String> {
    let exceptions = exceptions(rule);
    let mut unused: BTreeSet<&String> = exceptions.keys().collect();
    let mut left = Vec::new();
    for (key, finding) in found {
        match exceptions.get_key_value(&key) {
            Some((key, _)) => {
                unused.remove(key);
            }
            None => left.push(finding),
        }
    }
    left.extend(unused.into_iter().map(|key| format!("exceptions.txt: `{rule} {key}` excepts nothing")));
    left
}
