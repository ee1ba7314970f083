"""Features and reference layers become Folium maps that need nothing from outside."""
