//! Amounts on the command line: durations as in GAL (`1s`, `50ms`), and sizes (`64MiB`).

use std::time::Duration;

/// `5s`, `500ms`, `10us`, `2m`, `1h`; a number alone is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text)?;
    let nanoseconds = match unit {
        "" | "s" => 1e9,
        "ms" => 1e6,
        "us" => 1e3,
        "ns" => 1.0,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return Err(format!("`{unit}` is not a unit of time; use ns, us, ms, s, m or h")),
    };
    let duration = Duration::try_from_secs_f64(number * nanoseconds / 1e9)
        .map_err(|_| "the duration is too long".to_string())?;
    if duration.is_zero() {
        Err("the duration is 0: nothing can be done in it".to_string())
    } else {
        Ok(duration)
    }
}

/// `64MiB`, `1G`, `65536`; k, M and G count in powers of 1024 with or without `iB`, in powers of 1000 with `B`.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1024.0 * 1024.0,
        "g" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        _ => return Err(format!("`{unit}` is not a unit of size; use KiB, MiB or GiB")),
    };
    let bytes = number * factor;
    // The first number that is none of 64 bits; in `f64` it is exact.
    if bytes >= 18_446_744_073_709_551_616.0 {
        return Err("the size is more than the 16 EiB that 64 bits can address".to_string());
    }
    Ok(bytes as u64)
}

fn split(text: &str) -> Result<(f64, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number = number.parse().map_err(|_| format!("`{text}` does not begin with a number"))?;
    Ok((number, unit.trim_start()))
}

/// `1,234`
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse_duration("3"), Ok(Duration::from_secs(3)));
        for nothing in ["0", "0s", "0.0ms", "0.1ns"] {
            assert!(
                parse_duration(nothing).is_err_and(|why| why.starts_with("the duration is 0")),
                "{nothing}"
            );
        }
        assert!(
            parse_duration("3 weeks").is_err()
                && parse_duration("soon").is_err()
                && parse_duration("").is_err()
        );
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("1g"), Ok(1 << 30));
        assert_eq!(parse_size("2kB"), Ok(2000));
        assert_eq!(parse_size("65536"), Ok(65_536));
        assert_eq!(parse_size("17179869183GiB"), Ok(0xFFFF_FFFF_C000_0000));
        for large in ["17179869184GiB", "18446744073709551616", "99999999999999999999999"] {
            assert!(parse_size(large).is_err_and(|why| why.contains("16 EiB")), "{large}");
        }
        assert!(parse_size("many").is_err() && parse_size("1 page").is_err());
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            ["7", "999", "1,000", "12,345,678"],
            [7, 999, 1000, 12_345_678].map(grouped).each_ref().map(|s| s.as_str())
        );
    }
}
