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

#[cfg(not(shuttle))]
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

#[cfg(not(shuttle))]
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

#[cfg(not(shuttle))]
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

#[cfg(not(shuttle))]
#[test]
fn a_token_is_no_address() {
    let handle = insert::<First>("one".into()).unwrap();
    let bits = handle.addr() as u64;
    assert!(bits >> 47 != 0 && bits >> 47 != 0x1ffff, "not canonical on x86-64");
    remove(handle).unwrap();
}

#[cfg(not(shuttle))]
#[test]
fn a_slot_with_used_up_generations_is_retired() {
    let handle = insert::<Second>("last".into()).unwrap();
    let (index, _) = parse(handle).unwrap();
    TABLE.slot(index).unwrap().write().generation = LAST_GENERATION;
    let last = token::<Second>(index, LAST_GENERATION, Kind::Page);
    remove(last).unwrap().unwrap();
    assert!(!TABLE.own().free.lock().contains(&index));
}

#[cfg(not(shuttle))]
#[test]
fn slots_lie_in_chunks_that_double() {
    for index in [0, FIRST_CHUNK - 1, FIRST_CHUNK, 3 * FIRST_CHUNK - 1, 3 * FIRST_CHUNK, 100_000] {
        let here = TABLE.slot(index).unwrap();
        assert!(std::ptr::eq(here, TABLE.slot(index).unwrap()));
        if index > 0 {
            assert!(!std::ptr::eq(here, TABLE.slot(index - 1).unwrap()));
        }
    }
    assert!(TABLE.slot(SLOTS).is_none());
}

/// Readers, two frees and a new handle in the same slot, in every order that shuttle thinks of.
#[cfg(shuttle)]
#[test]
fn frees_and_reads_in_any_order() {
    shuttle::check_random(
        || {
            let table: &'static Table = Box::leak(Box::new(Table::new()));
            let handle = table.insert::<First>("one".into()).unwrap().addr();
            let of = |address| std::ptr::without_provenance::<First>(address);
            let read = shuttle::thread::spawn(move || match table.get(of(handle)) {
                Ok(object) => assert_eq!(*object, "one"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Handle),
            });
            let frees: Vec<_> =
                (0..2).map(|_| shuttle::thread::spawn(move || table.remove(of(handle)).is_ok())).collect();
            let reuse = shuttle::thread::spawn(move || table.insert::<First>("two".into()).unwrap().addr());
            read.join().unwrap();
            let freed = frees.into_iter().map(|free| free.join().unwrap()).filter(|ok| *ok).count();
            assert_eq!(freed, 1, "of two frees one ends the handle");
            assert_eq!(*table.get(of(reuse.join().unwrap())).unwrap(), "two");
            assert_eq!(table.live(0), 1);
        },
        2000,
    );
}
