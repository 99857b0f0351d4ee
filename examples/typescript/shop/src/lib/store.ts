/** Where the shop keeps its things; a stand-in for a database. */
const API = "https://api.shop.example";

/** Put aside what was ordered. */
export async function reserve(orderId: string): Promise<{ parcel: string }> {
  return post(`/orders/${orderId}/reservation`, {});
}

/** Take the money, and give the number of the payment. */
export async function charge(customerId: string, amount: number): Promise<string> {
  const charged = await post<{ id: string }>(`/customers/${customerId}/charges`, { amount });
  return charged.id;
}

/** Send a letter. */
export async function mail(address: string, template: string): Promise<void> {
  await post("/mails", { to: address, template });
}

/** What was sold in a region. */
export async function sales(region: string): Promise<{ sold: number }[]> {
  const response = await fetch(`${API}/sales?region=${region}`);
  return response.json();
}

/** Give the money back. */
export async function refund(orderId: string): Promise<void> {
  await post(`/orders/${orderId}/refund`, {});
}

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(API + path, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return response.json();
}
