<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- What anybody may see, for search engines (sitemaps.org, protocol 0.9). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <xsl:output method="xml" encoding="UTF-8"/>

  <xsl:template match="/page">
    <urlset>
      <url><loc><xsl:value-of select="@base"/>/</loc></url>
      <url><loc><xsl:value-of select="@base"/>/volumes</loc></url>
      <xsl:for-each select="volume">
        <url>
          <loc><xsl:value-of select="/page/@base"/>/volume/<xsl:value-of select="@id"/></loc>
          <lastmod><xsl:value-of select="@since"/></lastmod>
        </url>
      </xsl:for-each>
    </urlset>
  </xsl:template>
</xsl:stylesheet>
