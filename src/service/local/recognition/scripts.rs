//! Scripts that are written without spaces: where a word may begin in them.

use super::super::engine::Token;

/// Whether a word ends between these pieces: both are whole there, and one side is of a script without spaces.
pub(super) fn is_border(word: &[Token], rest: &[Token]) -> bool {
    let (Some(last), Some(next)) = (last_letter(word), first_letter(rest)) else { return false };
    (is_unspaced(last) || is_unspaced(next)) && next.is_alphanumeric() && !leans_back(next) && !binds(last)
}

/// Whether a word begins with a letter of a script without spaces.
pub(super) fn begins_unspaced(word: &[Token]) -> bool {
    first_letter(word).is_some_and(is_unspaced)
}

fn bytes(tokens: &[Token]) -> impl Iterator<Item = u8> + '_ {
    tokens.iter().flat_map(|token| token.text.iter().copied())
}

/// The first character, which several pieces may share.
fn first_letter(tokens: &[Token]) -> Option<char> {
    let longest: Vec<u8> = bytes(tokens).take(4).collect();
    longest.utf8_chunks().next()?.valid().chars().next()
}

/// The last character; none if it is not whole.
fn last_letter(tokens: &[Token]) -> Option<char> {
    String::from_utf8(bytes(tokens).collect()).ok()?.chars().next_back()
}

/// Han, Kana, Thai, Lao, Burmese and Khmer.
fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
            | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}'
            | '\u{0e00}'..='\u{0eff}'
            | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}'
            | '\u{1780}'..='\u{17ff}'
    )
}

/// Vowels and tones that stand around the letter before, and what lengthens or repeats it.
fn leans_back(letter: char) -> bool {
    matches!(
        letter,
        '\u{0e30}'..='\u{0e3a}' | '\u{0e45}'..='\u{0e4e}'
            | '\u{0eb0}'..='\u{0ebc}' | '\u{0ec6}'..='\u{0ece}'
            | '\u{102b}'..='\u{103e}' | '\u{1056}'..='\u{1059}' | '\u{105e}'..='\u{1060}'
            | '\u{1062}'..='\u{1064}' | '\u{1067}'..='\u{106d}' | '\u{1071}'..='\u{1074}'
            | '\u{1082}'..='\u{108d}' | '\u{109a}'..='\u{109d}'
            | '\u{17b4}'..='\u{17d3}' | '\u{17dd}'
            | '\u{3099}'..='\u{309e}' | '\u{30fc}'..='\u{30fe}' | '\u{ff70}' | '\u{ff9e}' | '\u{ff9f}'
    )
}

/// Signs that put the next letter below the one before, and Thai and Lao vowels that are written before their letter.
fn binds(letter: char) -> bool {
    matches!(letter, '\u{1039}' | '\u{17d2}' | '\u{0e40}'..='\u{0e44}' | '\u{0ec0}'..='\u{0ec4}')
}
