"""Shape and wording of what people type about records, one module a subject."""
