"""Shape and wording of what people type about organizations and people, one module a subject."""
