//! Corpus
