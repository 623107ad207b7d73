//! Reads the committed header: its functions, their comments and parameters.

pub struct Function {
    pub name: String,
    pub returns: String,
    pub parameters: Vec<Parameter>,
    pub comment: String,
}

pub struct Parameter {
    pub ctype: String,
    pub name: String,
}

pub fn text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/include/tiro.h");
    std::fs::read_to_string(path).expect("include/tiro.h is committed")
}

/// What the types of handles are called after `tiro_`, in the order of their numbers.
pub fn handle_types() -> Vec<String> {
    let header = text();
    let numbers = header.lines().filter_map(|line| line.strip_prefix("#define TIRO_HANDLE_"));
    let names = numbers.map(|rest| rest.split(' ').next().unwrap().to_lowercase());
    names.filter(|name| name != "any").collect()
}

/// Every exported declaration, in one line each.
pub fn declarations() -> Vec<String> {
    let header = text();
    let parts = header.split("\nTIRO_API").skip(1);
    parts
        .map(|part| part.split(';').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

pub fn functions() -> Vec<Function> {
    let header = text();
    let mut functions = Vec::new();
    let mut before = "";
    for part in header.split("\nTIRO_API") {
        if !before.is_empty() {
            let declaration =
                part.split(';').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            let comment = before.rsplit("/*").next().unwrap().to_owned();
            functions.push(parse(&declaration, comment));
        }
        before = part;
    }
    functions
}

fn parse(declaration: &str, comment: String) -> Function {
    let (head, tail) = declaration.split_once('(').expect("a function");
    let (returns, name) = split_name(head);
    let arguments = tail.trim_end_matches(')');
    let parameters = arguments.split(',').filter(|argument| argument.trim() != "void").map(|argument| {
        let (ctype, name) = split_name(argument);
        Parameter { ctype, name }
    });
    Function { name, returns, parameters: parameters.collect(), comment }
}

/// `const char *name` is the type `const char *` and the name.
fn split_name(text: &str) -> (String, String) {
    let text = text.trim();
    let start =
        text.rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_')).map_or(0, |at| at + 1);
    (text[..start].trim().to_owned(), text[start..].to_owned())
}
