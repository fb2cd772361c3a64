"""What is known of jobs, and what people do with them."""
