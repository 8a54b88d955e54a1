//! What a header declares, read from its text.

/// A function, as C sees it.
pub struct Function {
    pub returns: String,
    pub name: String,
    pub parameters: Vec<Parameter>,
}

pub struct Parameter {
    /// Without the name: `const void *`.
    pub ty: String,
    pub name: String,
    /// What its `@param` line says.
    pub says: String,
}

pub struct Struct {
    pub name: String,
    /// Type and name of each member; an array's size stands with the name.
    pub members: Vec<(String, String)>,
}

pub struct Declared {
    pub functions: Vec<Function>,
    pub structs: Vec<Struct>,
}

impl Parameter {
    /// `rawipc_wait` of `const rawipc_wait *`.
    pub fn pointee(&self) -> Option<&str> {
        self.ty.strip_suffix('*').map(|ty| ty.trim().trim_start_matches("const ").trim())
    }

    pub fn is_const(&self) -> bool {
        self.ty.starts_with("const ")
    }

    /// An output, by its own words.
    pub fn is_output(&self) -> bool {
        self.says.starts_with("gets ")
    }

    /// NULL is an answer, by its own words.
    pub fn is_optional(&self) -> bool {
        self.says.contains("NULL")
    }
}

impl Struct {
    /// What is in it is the library's.
    pub fn is_handle(&self) -> bool {
        matches!(&self.members[..], [(ty, name)] if ty == "uint64_t" && name.starts_with("opaque["))
    }

    /// It begins with its size.
    pub fn is_options(&self) -> bool {
        self.members.first().is_some_and(|(ty, name)| ty == "uint32_t" && name == "size")
    }

    pub fn has(&self, member: &str) -> bool {
        self.members.iter().any(|(_, name)| name == member)
    }
}

impl Declared {
    pub fn of(header: &str) -> Self {
        let (mut functions, mut structs) = (Vec::new(), Vec::new());
        let mut comment = String::new();
        let mut declaration = String::new();
        let mut in_comment = false;
        let mut depth = 0;
        for line in header.lines().map(str::trim) {
            if line.starts_with('#') || line.starts_with("extern \"C\"") {
                continue;
            }
            if declaration.is_empty() && line.starts_with("/*") {
                comment.clear();
            }
            in_comment |= line.starts_with("/*");
            if in_comment {
                comment += line;
                comment += "\n";
                in_comment = !line.ends_with("*/");
                continue;
            }
            if line.is_empty() || (line == "}" && depth == 0) {
                continue;
            }
            let line = line.split("/*").next().unwrap().trim_end();
            declaration += line;
            declaration += " ";
            depth += line.matches('{').count();
            depth -= line.matches('}').count();
            if depth > 0 || !line.ends_with(';') {
                continue;
            }
            match declaration.strip_prefix("typedef struct ") {
                Some(rest) => structs.push(structure(rest)),
                None => functions.push(function(&declaration, &comment)),
            }
            declaration.clear();
            comment.clear();
        }
        Declared { functions, structs }
    }

    pub fn structure(&self, name: &str) -> Option<&Struct> {
        self.structs.iter().find(|s| s.name == name)
    }
}

fn structure(rest: &str) -> Struct {
    let (name, body) = rest.split_once('{').expect("a struct with its members");
    let (body, _) = body.split_once('}').expect("a struct that ends");
    let members = body.split(';').map(str::trim).filter(|m| !m.is_empty()).map(typed).collect();
    Struct { name: name.trim().into(), members }
}

fn function(declaration: &str, comment: &str) -> Function {
    let (head, rest) = declaration.split_once('(').unwrap_or_else(|| panic!("no function: {declaration}"));
    let (returns, name) = typed(head);
    let parameters = rest.trim_end().trim_end_matches(");").split(", ").map(str::trim);
    let parameters = parameters.filter(|p| !p.is_empty() && *p != "void").map(|p| {
        let (ty, name) = typed(p);
        let says = says(comment, &name);
        Parameter { ty, name, says }
    });
    Function { returns, name, parameters: parameters.collect() }
}

/// `const void *` and `buf` of `const void *buf`.
fn typed(declarator: &str) -> (String, String) {
    let declarator = declarator.trim();
    let start = declarator.rfind([' ', '*']).map_or(0, |at| at + 1);
    (declarator[..start].trim().into(), declarator[start..].into())
}

/// The text of a `@param` line and those that go on with it.
fn says(comment: &str, name: &str) -> String {
    let lines = comment.lines().map(|l| l.trim_start_matches("* ").trim_start_matches('*'));
    let mut text = String::new();
    let mut here = false;
    for line in lines {
        if let Some(rest) = line.strip_prefix("@param ") {
            let (of, rest) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            here = of == name;
            if here {
                text += rest.trim();
            }
        } else if line.starts_with('@') || !line.starts_with(' ') {
            here = false;
        } else if here {
            text += " ";
            text += line.trim();
        }
    }
    text
}
