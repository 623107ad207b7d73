use super::*;

struct First;
impl Handle for First {
    const KIND: Kind = Kind::Recording;
    type Object = String;
}

struct Second;
impl Handle for Second {
    const KIND: Kind = Kind::Page;
    type Object = String;
}

#[test]
fn a_handle_finds_its_object_until_it_is_removed() {
    let handle = insert::<First>("one".into()).unwrap();
    assert_eq!(*get(handle).unwrap(), "one");
    let kept = get(handle).unwrap();
    assert_eq!(*remove(handle).unwrap().unwrap(), "one");
    assert_eq!(*kept, "one", "whoever holds it goes on");
    assert_eq!(get(handle).unwrap_err().kind(), ErrorKind::Handle);
    assert_eq!(remove(handle).unwrap_err().kind(), ErrorKind::Handle);
}

#[test]
fn a_slot_that_is_used_again_is_another_handle() {
    let first = insert::<First>("one".into()).unwrap();
    remove(first).unwrap();
    // Another test may take the slot first; whoever gets it, the old handle stays stale.
    let second = insert::<First>("two".into()).unwrap();
    assert_ne!(first, second);
    assert!(get(first).is_err());
    remove(second).unwrap();
}

#[test]
fn null_wrong_kinds_and_made_up_values_are_told_apart() {
    let kind_of = |handle: *const First| get(handle).unwrap_err().kind();
    assert_eq!(kind_of(std::ptr::null()), ErrorKind::Null);
    let other = insert::<Second>("other".into()).unwrap();
    assert_eq!(kind_of(other.cast()), ErrorKind::Handle);
    remove(other).unwrap();
    let on_stack = 0u64;
    assert_eq!(kind_of((&raw const on_stack).cast()), ErrorKind::Handle);
    let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..100_000 {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        let made_up = token::<First>(
            bits as u32 & SLOT_MASK as u32,
            (bits >> 32) as u32 & LAST_GENERATION,
            Kind::Recording,
        );
        // A lucky guess of a live slot and generation is possible in principle; the table must not crash in any case.
        let _ = get(made_up.cast_const());
    }
}

#[test]
fn a_token_is_no_address() {
    let handle = insert::<First>("one".into()).unwrap();
    let bits = handle.addr() as u64;
    assert!(bits >> 47 != 0 && bits >> 47 != 0x1ffff, "not canonical on x86-64");
    remove(handle).unwrap();
}

#[test]
fn a_slot_with_used_up_generations_is_retired() {
    let handle = insert::<Second>("last".into()).unwrap();
    let (index, _) = parse(handle).unwrap();
    slot(index).unwrap().write().generation = LAST_GENERATION;
    let last = token::<Second>(index, LAST_GENERATION, Kind::Page);
    remove(last).unwrap().unwrap();
    assert!(!OWN.get().free.lock().contains(&index));
}

#[test]
fn slots_lie_in_chunks_that_double() {
    for index in [0, FIRST_CHUNK - 1, FIRST_CHUNK, 3 * FIRST_CHUNK - 1, 3 * FIRST_CHUNK, 100_000] {
        let here = slot(index).unwrap();
        assert!(std::ptr::eq(here, slot(index).unwrap()));
        if index > 0 {
            assert!(!std::ptr::eq(here, slot(index - 1).unwrap()));
        }
    }
    assert!(slot(SLOTS).is_none());
}
