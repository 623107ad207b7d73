//! The CTranslate2 reader against damaged files.

use super::super::ModelError;
use super::super::ct2::Model;
use super::synth::Ct2;
use super::{corrupt, has, not_a_model, unsupported};
use std::io::Cursor;

fn parse(bytes: &[u8]) -> Result<Model<Cursor<&[u8]>>, ModelError> {
    Model::parse(Cursor::new(bytes), bytes.len() as u64)
}

fn spoiled(spoil: impl FnOnce(&mut Ct2)) -> Result<(), ModelError> {
    let mut model = Ct2::small(40);
    spoil(&mut model);
    parse(&model.bytes()).map(|_| ())
}

#[test]
fn reads_tensors_and_aliases() {
    let bytes = Ct2::small(40).bytes();
    let mut model = parse(&bytes).expect("a valid file");
    assert_eq!(model.scalar("encoder/num_heads").expect("there"), Some(2));
    let table = model.get("decoder/projection/weight").expect("an alias");
    assert_eq!(table.dims(), [40, 32]);
    let rows = table.rows(1, 2).expect("there are 40");
    assert_eq!(rows.dims(), [2, 32]);
    let numbers = |model: &mut Model<_>, tensor| {
        let mut all = Vec::<f32>::new();
        let take = |piece: &[f32]| {
            all.extend(piece);
            Ok(())
        };
        model.floats("it", &tensor, take).expect("floats");
        all
    };
    assert_eq!(numbers(&mut model, rows), numbers(&mut model, table)[32..96]);
    assert!(table.rows(39, 2).is_none());
    assert!(table.rows(u32::MAX, 2).is_none());
    has(&corrupt(model.get("nothing")), "tensor nothing is missing");
}

#[test]
fn other_files_are_refused() {
    has(&not_a_model(parse(b"").map(|_| ())), "0 bytes");
    has(&not_a_model(parse(b"PK\x03\x04 and so on").map(|_| ())), "0x04034b50");
    has(&unsupported(spoiled(|model| model.version = 5)), "version 5");
    has(&unsupported(spoiled(|model| model.spec = "TransformerSpec")), "TransformerSpec");
}

#[test]
fn lengths_are_checked() {
    let name = "encoder/conv1/weight";
    has(
        &corrupt(spoiled(|model| model.tensor(name).dims[0] += 1)),
        "tensor encoder/conv1/weight of shape [33",
    );
    has(
        &corrupt(spoiled(|model| model.tensor(name).dims = vec![u32::MAX; 4])),
        "encoder/conv1/weight of shape",
    );
    has(
        &unsupported(spoiled(|model| model.tensor(name).dims = vec![1; 5])),
        "encoder/conv1/weight has 5 dim",
    );
    has(
        &unsupported(spoiled(|model| model.tensor(name).dtype = 9)),
        "encoder/conv1/weight has element type 9",
    );
    let twice = spoiled(|model| {
        let again = model.tensor(name).clone();
        model.tensors.push(again);
    });
    has(&corrupt(twice), "tensor encoder/conv1/weight appears twice");
    let alias = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    has(&corrupt(spoiled(|model| model.aliases.push(alias("a", "b")))), "alias a of a missing tensor b");
    has(
        &corrupt(spoiled(|model| model.aliases.push(alias(name, name)))),
        "alias encoder/conv1/weight appears",
    );
}

#[test]
fn the_length_is_exact() {
    let mut bytes = Ct2::small(40).bytes();
    for length in 0..bytes.len() {
        assert!(parse(&bytes[..length]).is_err(), "accepted when cut to {length} bytes");
    }
    bytes.push(7);
    has(&corrupt(parse(&bytes).map(|_| ())), "1 trailing bytes");
}

#[test]
fn a_huge_count_ends_with_the_file() {
    let mut bytes = Ct2::small(40).bytes();
    // After the version, the specification's name and the revision.
    let count = 4 + 2 + 12 + 4;
    bytes[count..count + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(parse(&bytes).is_err());
}
