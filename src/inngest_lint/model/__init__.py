"""The model: Inngest functions and what their handlers do, free of any syntax."""
