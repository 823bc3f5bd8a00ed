"""Monthly targets per salesperson and channel."""
