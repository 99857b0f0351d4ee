"""Where the shop keeps its things; a stand-in for a database."""

import httpx

API = "https://api.shop.example"


async def reserve(order_id: str) -> dict[str, object]:
    """Put aside what was ordered."""
    async with httpx.AsyncClient(base_url=API) as http:
        response = await http.post(f"/orders/{order_id}/reservation")
        response.raise_for_status()
        return {"parcel": response.json()["parcel"]}


async def charge(customer_id: str, amount: int) -> str:
    """Take the money, and give the number of the payment."""
    async with httpx.AsyncClient(base_url=API) as http:
        response = await http.post(f"/customers/{customer_id}/charges", json={"amount": amount})
        response.raise_for_status()
        return str(response.json()["id"])


async def mail(address: str, template: str) -> None:
    """Send a letter."""
    async with httpx.AsyncClient(base_url=API) as http:
        response = await http.post("/mails", json={"to": address, "template": template})
        response.raise_for_status()


async def sales(region: str) -> list[dict[str, int]]:
    """What was sold in a region."""
    async with httpx.AsyncClient(base_url=API) as http:
        response = await http.get("/sales", params={"region": region})
        return list(response.json())


async def refund(order_id: str) -> None:
    """Give the money back."""
    async with httpx.AsyncClient(base_url=API) as http:
        response = await http.post(f"/orders/{order_id}/refund")
        response.raise_for_status()
