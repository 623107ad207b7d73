//! Reading JSON member by member, without a tree of it in memory. A reader says what each member means; how objects
//! and arrays are walked stands here once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

/// What the members of an object mean.
pub(in crate::transcript) trait Object<'de>: Sized {
    /// What stands in the message if there is no object.
    const EXPECTED: &'static str;
    /// What the object becomes.
    type Output;

    /// Takes a member: exactly one value has to be read from the map.
    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error>;

    /// Called after the last member.
    fn end<E: Error>(self) -> Result<Self::Output, E>;
}

/// Reads an object and nothing else.
pub(in crate::transcript) struct Members<T>(pub(in crate::transcript) T);

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Members<T> {
    type Value = T::Output;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Output, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Members<T> {
    type Value = T::Output;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<T::Output, M::Error> {
        while let Some(Text(name)) = map.next_key()? {
            self.0.member(&name, &mut map)?;
        }
        self.0.end()
    }
}

/// What the elements of an array mean.
pub(in crate::transcript) trait Array<'de>: Sized {
    /// What stands in the message if there is no array.
    const EXPECTED: &'static str;

    /// Reads one element; false: there was none left.
    fn element<S: SeqAccess<'de>>(&mut self, elements: &mut S) -> Result<bool, S::Error>;
}

/// Reads an array and nothing else.
pub(in crate::transcript) struct Elements<T>(pub(in crate::transcript) T);

impl<'de, T: Array<'de>> DeserializeSeed<'de> for Elements<T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Array<'de>> Visitor<'de> for Elements<T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_seq<S: SeqAccess<'de>>(mut self, mut elements: S) -> Result<(), S::Error> {
        while self.0.element(&mut elements)? {}
        Ok(())
    }
}

/// A string, borrowed from the document where it holds no escape.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::transcript) struct Text<'de>(pub(in crate::transcript) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

/// A whole number, also one that is written with a fraction of nothing: JSON has but one kind of number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::transcript) struct Integer(pub(in crate::transcript) i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(IntegerVisitor)
    }
}

struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = Integer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Integer, E> {
        Ok(Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Integer, E> {
        i64::try_from(number).map(Integer).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Integer, E> {
        // 2^63 itself is the first that does not fit.
        let fits = number >= i64::MIN as f64 && number < i64::MAX as f64 && number.fract() == 0.0;
        if fits {
            Ok(Integer(number as i64))
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }
}

/// What a value means whose type is not certain. What is not overridden is read past and means nothing.
pub(in crate::transcript) trait Tolerant<'de>: Sized {
    /// What the value becomes.
    type Output: Default;

    /// The value is a string.
    fn text(self, _: Cow<'de, str>) -> Self::Output {
        Self::Output::default()
    }

    /// The value is a number.
    fn number(self, _: f64) -> Self::Output {
        Self::Output::default()
    }

    /// The value is an object.
    fn object<M: MapAccess<'de>>(self, map: M) -> Result<Self::Output, M::Error> {
        skip_members(map)?;
        Ok(Self::Output::default())
    }

    /// The value is an array.
    fn array<S: SeqAccess<'de>>(self, elements: S) -> Result<Self::Output, S::Error> {
        skip_elements(elements)?;
        Ok(Self::Output::default())
    }
}

/// Reads a value of any type.
pub(in crate::transcript) struct Any<T>(pub(in crate::transcript) T);

impl<'de, T: Tolerant<'de>> DeserializeSeed<'de> for Any<T> {
    type Value = T::Output;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Output, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Tolerant<'de>> Visitor<'de> for Any<T> {
    type Value = T::Output;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<T::Output, E> {
        Ok(T::Output::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T::Output, E> {
        Ok(T::Output::default())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T::Output, E> {
        Ok(self.0.number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T::Output, E> {
        Ok(self.0.number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T::Output, E> {
        Ok(self.0.number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T::Output, E> {
        Ok(self.0.text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T::Output, E> {
        Ok(self.0.text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T::Output, M::Error> {
        self.0.object(map)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, elements: S) -> Result<T::Output, S::Error> {
        self.0.array(elements)
    }
}

/// Reads past what is left of an object.
pub(in crate::transcript) fn skip_members<'de, M: MapAccess<'de>>(mut map: M) -> Result<(), M::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads past what is left of an array.
pub(in crate::transcript) fn skip_elements<'de, S: SeqAccess<'de>>(mut elements: S) -> Result<(), S::Error> {
    while elements.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}
